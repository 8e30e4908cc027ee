"""What notebooks show, as blocks of HTML, pages, downloads and packs."""
