"""What each participant reads in "My hours" once persons have decided: every line of the screen."""

from __future__ import annotations

from tests.journeys.service_day.lived import BING, JIA, YI

BALANCES = {JIA: 165, YI: 270, BING: 180}
_PLACE = "2026-03-11 祝阿镇公益服务站"
_RULES = "按 2026.1 版规则计算。"
_OPEN = "看这一次，或提出异议"

HOURS = {
    JIA: [
        "QH-GY-2026-甲-01",
        "已核定 165 分钟，还差 1635 分钟。",
        "已核定 2 小时 45 分钟，还差 27 小时 15 分钟。",
        _PLACE,
        "没有计入，可以提出异议",
        "14:00 签到，16:00 签退，共 120 分钟。",
        "这次服务没有计入。您可以提出异议。",
        _RULES,
        _OPEN,
        _PLACE,
        "已核定",
        "09:00 签到，12:02 签退，共 182 分钟。",
        "休息 40 分钟，30 分钟以内不扣，超出的扣 10 分钟。",
        "按每 15 分钟计，不足的不算：减 7 分钟。",
        "已核定 165 分钟。",
        _RULES,
        _OPEN,
    ],
    YI: [
        "QH-GY-2026-乙-02",
        "已核定 270 分钟，还差 1530 分钟。",
        "已核定 4 小时 30 分钟，还差 25 小时 30 分钟。",
        _PLACE,
        "已核定",
        "14:00 签到，16:00 签退，共 120 分钟。",
        "已核定 120 分钟。",
        _RULES,
        _OPEN,
        _PLACE,
        "已核定一部分",
        "08:30 签到，11:30 签退，共 180 分钟。",
        "已核定其中 150 分钟。",
        _RULES,
        _OPEN,
    ],
    BING: [
        "QH-GY-2026-丙-03",
        "已核定 180 分钟，还差 1620 分钟。",
        "已核定 3 小时，还差 27 小时。",
        _PLACE,
        "已核定",
        "13:00 签到，没有签退记录；按站点关门时间算到 18:00，共 300 分钟。",
        "14:40 以后没有其他记录能证明您在场：暂减 200 分钟。有人能作证的，请司法所补录。",
        "按每 15 分钟计，不足的不算：减 10 分钟。",
        "已核定 90 分钟。",
        _RULES,
        _OPEN,
        _PLACE,
        # Named after the station's record, which came first: its own record joined it afterwards.
        "已核定",
        "10:00 签到，11:30 签退，共 90 分钟。",
        "已核定 90 分钟。",
        _RULES,
        _OPEN,
    ],
}
