"""What each document is given in tests, and the maker with the font of the client's packages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from server.documents.pdf import PdfMaker

MAKER: Final = PdfMaker.beside_client(Path(__file__).parents[3] / "client" / "dist")
_HEAD: Final = {"office": "齐河县人民检察院", "lang": "zh"}
_ORDER: Final = {
    "name": "张某",
    "case_no": "齐检刑〔2026〕18号",
    "order_no": "QH-GY-2026-018",
    "display_code": "甲-01",
    "station": "祝阿镇公益服务站",
    "stations": "祝阿镇公益服务站、晏城街道公益服务站",
    "service_types": "环境整治、护堤巡查",
    "hours": "30小时",
    "period": "2026年11月23日至2026年12月18日",
    "due_on": "2026年12月18日",
    "contact": "齐河县人民检察院第一检察部，0534-0000000",
}
PAPERS: Final[dict[str, dict[str, Any]]] = {
    "notice": {**_HEAD, **_ORDER, "number": "齐检告〔2026〕18号", "given_on": "2026年11月23日"},
    "pledge": {
        **_HEAD,
        **_ORDER,
        "number": "齐检诺〔2026〕18号",
        "notice": "齐检告〔2026〕18号",
        "lawyer_present": "是",
        "signed_on": "2026年11月24日",
    },
    "placement_letter": {
        **_HEAD,
        **_ORDER,
        "number": "齐检联〔2026〕18号",
        "verify_level": "L2（位置和动态码）",
        "limits": "不安排高温作业",
        "issued_on": "2026年11月25日",
    },
    "service_certificate": {
        **_HEAD,
        **_ORDER,
        "number": "齐检证〔2026〕18号",
        "required_hours": "30小时",
        "credited_hours": "30小时15分",
        "session_count": "12次",
        "sessions": [
            {
                "day": f"2026年12月{day}日",
                "station": "祝阿镇公益服务站",
                "reported_min": 160,
                "credited_min": 150,
            }
            for day in range(1, 13)
        ],
        "issued_on": "2026年12月18日",
    },
    "assessment_report": {
        **_HEAD,
        **_ORDER,
        "number": "齐检评〔2026〕18号",
        "required_hours": "30小时",
        "credited_hours": "30小时15分",
        "scores": [
            {"name": name, "points": points}
            for name, points in (("出勤", 95), ("态度", 90), ("劳动质量", 88), ("守规情况", 100))
        ],
        "grade": "优秀",
        "station_comment": "到场准时，主动清理沟渠。",
        "township_comment": "同意站点意见。",
        "participant_statement": "我认识到自己的错误，今后一定遵守法律。",
        "evidence_hash": "9f2c" * 16,
        "issued_on": "2026年12月19日",
    },
    "report": {
        **_HEAD,
        "title": "站点月报",
        "number": "齐检报〔2026〕11号",
        "period": "2026年11月",
        "made": "12月1日 09:00 生成",
        "plots": [],
        "tables": [
            {
                "title": "各站点情况",
                "head": ["站点", "服务（次）"],
                "is_number": [False, True],
                "rows": [["祝阿镇公益服务站", "12"]],
            },
            {"title": "督导员", "head": ["督导员"], "is_number": [False], "rows": []},
        ],
        "notes": ["抽查只算去看过的。"],
    },
}
