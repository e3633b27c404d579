"""Images of littlefs that the binding of the original makes, and two that it made, compressed and as text.

The recorded ones let the reader be tested where `littlefs-python` is not installed; they were made by `make` below,
with littlefs-python 0.19.0.
"""

from __future__ import annotations

import base64
import lzma
import random
from typing import Any

import pytest

Content = dict[str, bytes]

SMALL, WORN = (512, 96, False), (512, 160, True)
"""Bytes of a block, blocks, and whether much is written, removed and moved before the image is taken."""


def make(block_size: int, blocks: int, is_worn: bool) -> tuple[bytes, Content]:
    """Make an image, and tell what each file holds; skip the test when the binding is absent."""
    littlefs = pytest.importorskip("littlefs", reason="littlefs-python is absent; install the dependency group oracles")
    volume: Any = littlefs.LittleFS(block_size=block_size, block_count=blocks)
    written = content(block_size)
    volume.makedirs("/etc/deep/er")
    volume.mkdir("/empty")
    for path, data in written.items():
        _write(volume, path, data)
    if is_worn:
        _wear(volume, written, block_size)
    return bytes(volume.context.buffer), written


def content(block_size: int) -> Content:
    """Give what each file holds: sizes around those of one, two and more blocks."""
    sizes = (0, 1, block_size - 1, block_size, block_size + 1, 2 * block_size - 4, 3 * block_size, 9 * block_size + 5)
    files = {f"/etc/many-{number:02}": b"number %d\n" % number for number in range(30)}
    files |= {f"/etc/deep/size-{size}": _numbers(size) for size in sizes}
    return files | {"/etc/deep/er/ünï": b"plimsoll\n", "/top": b"at the top\n"}


def recorded_content() -> Content:
    """Give what the files of the worn recorded image hold."""
    written = content(WORN[0])
    _wear(None, written, WORN[0])
    return written


def recorded(name: str) -> bytes:
    """Give a recorded image."""
    return lzma.decompress(base64.b85decode(RECORDED[name]))


def _numbers(size: int) -> bytes:
    return b"".join(b"%d\n" % number for number in range(size // 2 + 1))[:size]


def _wear(volume: Any, written: Content, block_size: int) -> None:
    """Write, remove and rename, in the volume when there is one and in what is known of it."""
    chance = random.Random(block_size)
    for turn in range(120):
        path, data = f"/etc/again-{turn % 5}", _numbers(chance.randrange(2 * block_size))
        written[path] = data
        if volume is not None:
            _write(volume, path, data)
    for number in range(0, 30, 3):
        del written[f"/etc/many-{number:02}"]
        if volume is not None:
            volume.remove(f"/etc/many-{number:02}")
    written["/empty/moved"] = written.pop("/etc/deep/er/ünï")
    if volume is not None:
        volume.rename("/etc/deep/er/ünï", "/empty/moved")


def _write(volume: Any, path: str, data: bytes) -> None:
    with volume.open(path, "wb") as file:
        file.write(data)


RECORDED: dict[str, str] = {
    "small": (
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;J^O`j$Hr(05;)8s418p5G)yJwdafRmlnmaDiw+|=s-#X2dC#9rh)6{%bM5C8+BIw#=1D6ON3wX2zG=_"
        "_Ky@b3M`E?Scv?IyE*{R3DP3)HR=A15ODH8v2c%3`t8FAb>2}Ax9NLAbX%jLaBF<7a33!`&^A?Bo%o+vhW1u;y1;|v#$UVLS#k${Tzk{b*+eQ|"
        "pU#2fpyZMJyY^lV!$DD3B%2}$DOZ~B+im2Hi|sL4vI8U3miKNEb*FUUtp&%M1rvZD_(~7ov;~Lp9{ijg#jk$7(LmXnrszJRum;_c{R{*5JAX?<"
        ";{=~4n#jxvP55Uvf^J9LLjbxSu^J5;z2+(o4m@qRnvOp^K7Z+Djr}q`cI@pkTyoqqU5g!n%s}^NUN#$<Zj|B$Jo33vc9GpzeO+V*S?N`W1rY@M"
        "90$yoh+@u<m*Z$v>1aFqNhhW*^<w==tDfrH_E{o=$2>ZBC4`#}lxCzr5hfvfOJlKYp8y8!N_+!Zi3Bvu#F*^@X}r4p|3$bZt0*vXr`Ew5-1)T2"
        "8r;oYaq->Ja>?`wEIN-b327C#lROOT5a)Tw5XZ%obi_WWYMN%4j{Ucu=iz$!q2C8Puv_r#_n<OFzCABV#-hT=tgXF^y^fdh<5WdbRqOB(Q<Ds>"
        "keSK^iIV|^UL@%ZgzlUySMZ;}TvP0p6pzD4TB#cOJ({IU{jc+)w4pf_P_2_RP0u+6eln3rCuI<i=LPls-5=9H;ZQ)+O#SM|bi-M)s1Ys8I3X0A"
        "7e$SqEH3obdB7+^=U`hnZ4jfe)krqeW5aa9jafLfK$?*tPVNZwSpRU^Ar|UEUxu%bJfr}Kfx|~!W*~vu;%EAq#jo)q&n??8`>d=)L@RJ78=TAw"
        "u$e}d+bRH8Sgih%DrKy2Ng1Z;awK=Fdzs&Qg*}cm-Tl0s;I3k<(XzS&16%18Uy5^9|JCR<QRzne(hi>gg!lg*zMI9vU<A)tnJ&-OGy$+v5}Fz9"
        "RIAuW1n8DXqIsAV_!rA4!yU1o8fd?&=hP@X2;Ta53J+)rv*sR)Q2wjD@&j{DOYAr2KuMeOI`?`u`8P5YisEuFbqR;}@%0r;g4L9#=G((IuKA(i"
        "5hK}g+4IJbRvQAQx6Epv?Mo7=EEySX?by}QMMFkZSgE8icmg0}75eoNzmZh<dzn^bTctntLrY_qZV#R+DeD*r9zOy_WQ++2A%ukYtW+v{uXpIQ"
        "3p4H6k2I8NvkV1Ia`n0F6|;S$L_yv<_xwCxefT{WtyIj2WgE@ksBQOkz^#sbnfdt%7Ez^ooE}*9b~y`vh4F%HUDJRxi(svnpOx~)4b>Q#r?^w^"
        "RtF&hp213Mrrqtm1g@pN!8xUAeI`m`CHzTw$IXlmpTn^+GN@a?4%~(kO~MdcE)009W`de-g1uqDs)^2SU56g2dkck2j@nNMRmMwky=l)4z(3Ch"
        "45884f8=;a*%8gn6D5~WCSHqCSyXW27a8GZMG%mQ0y`#!plezvycGT_lB<1aPbJwREC6zhqHpXEmUO>wfqHOgZM8#XEy|4|q!<+FVzwo`6LpU+"
        "LwYx>9qY3&4+Rm`%aB@O+!^!q5;Y?0@ge>`y^_>b=#nH#dP0vBLpPycz$n;c;4%Gp`D5Bzb*O(hXmrcbIO<@Gprw_bOB|UCX^i^S6fA>lKLG#4"
        "LC3Y(Q#i>wz|FjUnvPcSwI#Ad03xW0F<pFc*Z3i+%>LD-Y|!4K<NLfsRXidgh%IFS@AX>T5Dp_yMw(}yw3x6=Jk?!E)_?+fk}G<`Te|NuIZu4#"
        "9R0lF9KO)Z1D;~4hDmnF|6eV3%!e6OQ7#Mt#kAZcC$LE4dttXjvdo<(&Hw-acJH|lA+NfE00F8CfPe!4JSjsfvBYQl0ssI200dcD"
    ),
    "worn": (
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;XnTeoLv9{05;)8s418p5G)yJwdafRmlnmaDiw+|=w8<;Ms%yJxV$7NRm`9dy5}kF+r@U#PdizKSMGNL"
        "nmQ^yL%7Asd?w7<X1Z&^+}ehfjpRRNGMhGv1X~A1o^3gp=Ynz9&6a@ZBa9$pUd>cSCnit9j(~|EicXvo7t-aJBHmv2bW3S^>$<j;xSL(l>YicN"
        "4q)k@-ee01JmDG&N;WJq2Vd8o!OQx{WDFMd=7LW+k^{*}^&)`HT9e*$j(@Ew%1*CN;*UFO?PDSX?N?4!F2+(sM*w_Q5TmiH`ZEY%KgtR*yhdP1"
        "o%K|B;(-YzSBImPUcg!gqpFXx(VxNhr1Cete@g~whOa(asC(vKWtae+P5&jZ(Smfr#6{0`jwVG;X@&zMLVU#A=kxqH%p|Bg!Q~*QujtLG)#;Ib"
        "?!ke@gmu9nUPcAZi&d@p!*GeM+CggS-TxUhFe*#&@vy{I=y7;89n}y24)9u^O3IatAo5}He@3fZP@Qs<ShCSOvN=5+r~Q^d@3Y`Ar)SXZpTdIl"
        "7ar^%N3|V1YCB1CnkrmZqR}a~_LS;l618i*iH1E8i?;^N7`fpa6+)~z?4LdlUOFwaW}Ajw9?7Th{{@eb@0h=xNSQUrFr4@0Re47$cgUX6YkzLB"
        "1=r$rbL^)o4fB?Aa%b`zOCKX08CKO*L&o=X2(yn{dJQVD&A^8?skgPmZ9P$PUM-5%am~x|W6z8t6>xd$*x)Xe4!H#5g%Z?<!gJ5)z!ZkK%CG3&"
        "%DcsxK(y-Ps~Ob+O@><DR^Un;hMetEA)$I={fdJ9v5Uy}&J}7HjMh$LU+@a3!b9MVwOM1!<Xs0xb<L{=WC~h1@n_UXvc?#L;D?G=@Yhmb{oc?f"
        "?c%mx12&_qe16UZ0iwYYI%0bfFYRM~11)Rt&JQVk=L%6A$-IrvYkp6^s#an(DvaI7S|^gQbJ{|vqO~P`g#um(;y$s%?djWi*OF9~Z@>rQwPw)N"
        "9!#&%&~b^ZL{l}Ll)(D6V-%r(TGOrEXDw&Yo=l1|Sdvsmb4U?*-3lfX+GN5F<W&I?o++d~ncYvxg9E5+KhD2>W#Q}j6sYA5ytQd>p@%*>?)i%?"
        "mMv^!<9=KAQ1z94W3<tAh(!M>(J3!onytys2C?BjdeXya{R<kben9G4B&p#`Ujc(kbbn?&p{Wk&CZ8?$u-O^X6g=^&^EpO?B;Nmp*JFwL>a?n{"
        "UXZ^Onjl(#j91J8q#u{J_kWs{IDo4(H!7G<!x3qk?gOps{_fU~JlwH|t#Olua%_oEfGXvuk5&qAUoQN7<y8&_cgs?C&{KxdiaB31=mo$v$yHNO"
        "<wn=-V6AO<Y4Y~zKDFZH3uO~Hy*d%}9=W*N;MhLhT*GlEpNmbq2SFDB6pC6Sl66$eY&mQVp^dV+*#qHg-}viBc<W+2@R?=|1s8A$ag$Gk8<(V<"
        "F9=nGNU>mvJ&GZL67Z>OmGQd>K4K*Cvi-V?`3Qx}sr!CtK?IC}J+f0K9oe1iNBV1fMQ~_ls3l4I>+cw#lY<2?*;v`3knuoUQ|_^`$YUKdM0yZ7"
        "gA8;c=Z!3-XrnqRIVi4qku&&RA1_>4uyAJc&pFSxa}UoP!M#tQ?Xf#yzHYf{paNj-0buMpW1I^WNp}#mMxIy?I<Z|&Vo}6MHUn>X_FdogmS9Mu"
        "4lxE9YvWXCRzF**FLj?9NHn3par!_lQk^rr?GWfcF$EW?vHF)h!E4kd7K&7}mz)mRkXqAkL{?DNgqA|t5}lOp%MHVwU2Zk8;cT-!=HB{^O+&ly"
        "kdPTGt%-uMC>o7klqK8wu2x}Ez|%{YBdy*?3PwL!DupAKv^T@qDQSrI0C1`4;8|~(AhU->8rt_{!_i~t80I%f3cAqQm-TIwBxd(Y|EA7MTewE`"
        "<@=|El6Q;uzc*~3DME8~?~>=Z536+SSgwEiEP_Jo=<k3Hyx$*bbyP&>MiV?W+&}TDwRGZ}tZJE}AhMSYlg?wt76CStaUdHaQT{AVev~?#{(;Kn"
        "3pq8wr$b-6{a8f^rY-X>rF;uDa4R-<jJEaMfXk&k@)}4foDaWj5LVRW5<E7z1M+rwMOJ8+)JW-Lsb=JsK&-%(<3d6axrGWy0yIZGvrRlCF6`Pr"
        "doaFB$pM!j&`hCu%2Dp<@d+|x$CxCBE}#kbcx%laWo$Proigb9CEMjhjU7*9qZI6%tI!^`$r$!;)?x{20{20HLc5(1QFYc&Db@7=699yaM=>Ik"
        "qV_|SKCFj`ju2?2?z(xq4Hc8Rjm!sq<f&(|EaPgEcc|m}s*mBP3+E>RUHo8LfPb+h5%QDVwuwl+7*OMWRGvvr>fjz})_{(nCyd9o5@htCqLKf1"
        "f<4+oJ_#&CbdEmw(pyecp2Ms6E%C;dIQ^KJyEA-jdWScQ<YP3BQXUoXd>m{xQ_faNnCGZL&eJI=hO2I9!T7PA`(0BccRi&wF*3jhC$%O$5*hx{"
        "+t_p7yHQ<NtU>x^WL@GUv8vSPLK{C>2n4(Lb)o)vA5UWs$=Q~)T*m+aZ3wX`W%ngZ00FoUfPe)6>WhcQvBYQl0ssI200dcD"
    ),
}
