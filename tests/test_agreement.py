"""Two coders: blind sheets out, agreement back, checked against published and hand-worked values."""

import numpy as np
import pandas as pd
import pytest

from policytext import studies
from policytext.lab import agreement, labels_desk
from policytext.schema import InsufficientData


@pytest.fixture
def documents():
    ids = [f"2014-{n:02}-박근혜" for n in range(1, 13)]
    return pd.DataFrame(
        {"doc_id": ids, "title": [f"글 {n}" for n in range(12)], "text": "창업을 돕는다"}
    )


def filled(paths, labels):
    for path, names in zip(paths, labels, strict=True):
        sheet = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        sheet.iloc[:, -1] = sheet["번호"].map(names)
        sheet.to_csv(path, index=False, encoding="utf-8-sig")


class TestSheets:
    def test_both_hold_the_same_items_in_other_orders_and_are_blind(self, documents, tmp_path):
        paths = agreement.write_sheets(documents, tmp_path, labels=["창업", "지역"], n=10)
        one, two = (pd.read_csv(path, dtype=str, encoding="utf-8-sig") for path in paths)
        assert one.columns.tolist() == ["번호", "제목", "글", "이름 (창업 / 지역)"]
        assert (
            sorted(one["번호"]) == sorted(two["번호"])
            and one["번호"].tolist() != two["번호"].tolist()
        )
        assert len(one) == 10 and "2014" not in paths[0].read_text(encoding="utf-8")

    def test_the_draw_is_seeded_and_ignores_the_order_of_rows(self, documents, tmp_path):
        first = agreement.write_sheets(documents, tmp_path / "1", n=5)
        again = agreement.write_sheets(documents[::-1], tmp_path / "2", n=5)
        assert [a.read_bytes() for a in first] == [b.read_bytes() for b in again]

    def test_work_is_not_overwritten(self, documents, tmp_path):
        agreement.write_sheets(documents, tmp_path)
        with pytest.raises(FileExistsError, match="이미"):
            agreement.write_sheets(documents, tmp_path)

    def test_filled_sheets_come_back_xlsx_too(self, documents, tmp_path):
        paths = agreement.write_sheets(documents, tmp_path, n=4)
        items = pd.read_csv(paths[0], dtype=str, encoding="utf-8-sig")["번호"].tolist()
        filled(paths, [dict.fromkeys(items, " 창업  지원 "), dict.fromkeys(items[:3], "지역")])
        pytest.importorskip("xlsxwriter")
        table = pd.read_csv(paths[1], dtype=str, encoding="utf-8-sig")
        table.to_excel(tmp_path / "둘.xlsx", index=False, engine="xlsxwriter")
        codes = agreement.read_sheets([paths[0], tmp_path / "둘.xlsx"])
        assert codes.groupby("coder")["label"].agg(list).to_dict() == {
            1: ["창업 지원"] * 4, 2: ["지역"] * 3,
        }  # fmt: skip

    def test_a_sheet_without_its_columns_is_told(self, tmp_path):
        path = tmp_path / "x.csv"
        path.write_text("a,b\n1,2\n", encoding="utf-8")
        with pytest.raises(ValueError, match="'번호' 열과 '이름' 열"):
            agreement.read_sheets([path])


def codes_of(*coders):
    rows = [(f"i{n}", coder, label) for coder, labels in enumerate(coders, 1)
            for n, label in enumerate(labels) if label]  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "coder", "label"])


class TestAlpha:
    def test_the_worked_example_of_krippendorff_2011(self):
        """Computing Krippendorff's Alpha-Reliability, section B: binary, two coders, 0.095."""
        one, two = "0100000000", "1110010010"
        found, low, high, n = agreement.alpha(codes_of(one, two), n_boot=200)
        assert round(found, 3) == 0.095 and n == 10 and low <= found <= high

    def test_by_the_formula(self):
        """1 - D_o / D_e with two coders and no gaps."""
        rng = np.random.default_rng(1)
        one = rng.choice(list("가나다"), 40)
        two = np.where(rng.random(40) < 0.7, one, rng.choice(list("가나다"), 40))
        values = np.concatenate([one, two])
        shares = np.unique(values, return_counts=True)[1]
        expected = 1 - (shares * (shares - 1)).sum() / (80 * 79)
        assert agreement.alpha(codes_of(one, two), n_boot=10)[0] == pytest.approx(
            1 - (one != two).mean() / expected
        )

    def test_items_of_one_coder_do_not_count(self):
        assert agreement.alpha(codes_of("가나가나", ["가", "나", "", ""]), n_boot=10)[3] == 2

    @pytest.mark.parametrize("labels", [("가가가", "가가가"), ("가", "나")])
    def test_nothing_to_agree_on(self, labels):
        with pytest.raises(InsufficientData, match="일치도"):
            agreement.alpha(codes_of(*labels))


def test_the_desk_names_merges_and_finds_names_again(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "PROCESSED", tmp_path / "만든 표")
    path = tmp_path / "내 연구.toml"
    text = (studies.STUDIES / "innovation-centers.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    desk = labels_desk.LabelsDesk(str(path), 5)
    assert desk.names == {} and len(desk.list.options) == 5
    for topic, name in ((1, "창업 지원"), (2, "지역"), (3, "창업  지원")):
        desk.list.value = topic
        desk.name.value = name
    assert desk.document.value.startswith("<article")
    desk._do(desk._save)
    assert "이름 3개를 저장했습니다(합친 주제 1개)" in desk.status.area.value
    assert labels_desk.LabelsDesk(str(path), 5).names == {1: "창업 지원", 2: "지역", 3: "창업 지원"}
    again = labels_desk.LabelsDesk(str(path), 6).names
    assert {"창업 지원", "지역"} == set(again.values())
    desk._do(desk._agree)
    assert "coding-1.csv가 없습니다" in desk.status.area.value
    desk._do(desk._write_sheets)
    sheets = [path.with_suffix("") / f"coding-{coder}.csv" for coder in (1, 2)]
    items = pd.read_csv(sheets[0], dtype=str, encoding="utf-8-sig")["번호"]
    named = {item: ["지역", "창업 지원"][n % 2] for n, item in enumerate(items)}
    filled(sheets, [named, named | {items[0]: "창업 지원"}])
    desk._do(desk._agree)
    assert "글 50건)로, 믿고 쓸 만하다" in desk.status.area.value
