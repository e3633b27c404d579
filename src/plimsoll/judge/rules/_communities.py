"""Tells of a community of SNMP what it opens, by the setting of net-snmp that it stands in: snmpd.conf(5).

A community is shown in place of a password and opens the product to who knows it, so one that may write counts as a
password under provision 5.1-1. One that may only read tells of the product and changes nothing: that stays a doubt.
"""

from __future__ import annotations

from typing import Literal

from plimsoll.judge.rules._standing import RunningService, Standings, is_own_host
from plimsoll.model.facts import ServiceSetting
from plimsoll.model.locator import Place

Opens = Literal["writing", "reading", "nothing"]
"""nothing: it holds for the product itself only."""


def is_local(setting: ServiceSetting) -> bool:
    """Tell whether a community holds for the product itself only: `COMMUNITY SOURCE OID` or `NAME SOURCE COMMUNITY`."""
    words = setting.value.split()
    return len(words) > 1 and is_own_host(words[1].partition("/")[0])


def community_opens(where: Place, service: RunningService, standings: Standings) -> Opens:
    """Say what the community at a place opens; reading, where its setting was not seen."""
    told = [setting for observation, setting in standings.settings(service) if observation.where == where]
    if told and all(is_local(one) for one in told):
        return "nothing"
    return "writing" if any(one.key.startswith("rwcommunity") for one in told) else "reading"
