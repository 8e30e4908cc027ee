"""The desks of JupyterLab: the server, the screens and what they compute."""
