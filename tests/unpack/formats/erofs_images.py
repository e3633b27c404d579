"""Images of one small folder that a newer mkfs.erofs (1.9.4) made than most machines have, compressed and as text.

Each was made with `mkfs.erofs --all-root -T 1700000000` and the options that stand beside it.
"""

from __future__ import annotations

import base64
import lzma
import random
from pathlib import Path

_RANDOM = random.Random(5).randbytes(300)

CONTENT: dict[str, bytes] = {
    "etc/numbers": b"".join(b"%d %d\n" % (number, number * number) for number in range(330)),
    "etc/again": b"".join(b"%d %d\n" % (number, number * number) for number in range(260)) + b"and more\n" * 30,
    "etc/random": _RANDOM,
    "etc/mixed": b"zeros" + bytes(5000) + _RANDOM + b"text " * 2000,
    "lib/tail": bytes(range(256)) * 8 + b"the tail",
    "lib/small": b"plimsoll\n",
    "lib/empty": b"",
}
"""What every regular file holds."""


def build(folder: Path) -> None:
    """Make the folder of which the images are."""
    for name, content in CONTENT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o640)
    (folder / "lib" / "link").symlink_to("../etc/numbers")
    (folder / "lib" / "numbers").hardlink_to(folder / "etc" / "numbers")
    (folder / "many").mkdir()
    for number in range(20):
        (folder / "many" / f"a-rather-long-name-{number:02}").symlink_to("x")


def image(name: str) -> bytes:
    """Give a recorded image."""
    return lzma.decompress(base64.b85decode(RECORDED[name][1]))


RECORDED: dict[str, tuple[str, str]] = {
    "lzma": (
        "-zlzma -b4096",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;7|Vvw_N}LZ~g!Oqql$XO)($emg#qn)?IHUNUZ=YpJF}MkK6|p@T8ns2px2QwfAY_C@H|u7+gGeww3iU"
        "0T*SldYHk9F(wLtx-Ar8bK#&XuMypodohsRJE|#L0}SGtRfsLKVaGd{duapyU$r+69Ms8}A>PjXD)_@Gy~pVwRDT)sZ_(J6NF&0ki&})PHt8#8"
        "a}gDCaMo_7-S~ggw7$oqk<McQ01c2*O5tkb_jY5}v99k4;pyD1z4;|H#^$8WcQcMCV_icl-DMPlN-RBJ|Ed(XT^zT9oDtjEn06jsnDW7U#R|;2"
        "a}Jiz2Ac6o-8qGp)>cXR`B{ed&^4%vY*oEX%9Z5hQN0w<dSS*>?RY!0Rvn+Yvrwk6K$cN5OwBlFCzwursNVwWF=J_|TjFzIUbkT#@nPz9m?ufJ"
        "9_}#fFR%PUr*rO`IJ@s9a=y#U=XpRwhN=mWOE_wbp-ILPb`j@_F4dD8O-&?}yNyKhpc}fy#Vyy#CRMoL0^G|+8!FX4{HeK1N0UVSmbOsee9zG0"
        "|An>V$=7A6+GYDtGowMe!W5V|q?6gX<X=Q|9d!KvA|)ZN`AkHCTj~SFsZYGn<owe=>2b)>-Dr(mEv11Bz7cHG<_U*ksk_CWg|#vT4^awN8p1es"
        "628_*qA}jT7`(<OS>Y*Iw+^T<xlVezMa>e3w}re)HKSIrL+Z_Z_r|U|f?KqS2d4LU<4-<1Inw)H-JB1sW9D%RCIy+}rcw>o^J!h6$j-Iqk{5J%"
        "yFBQjOO1B`#(pJ$fz~;z$v<WbF-%O-74O~QRB4Q59DXS%`f|Q7rk0L`1LYfuq|-t+^ba=I4g2xhbK_1Rn`8x-X>%!Dh~o-w+MY>4^DOW)gRqoc"
        "AmR<^VyFEHzfTs(Tji4u8w{8tJMN#ryjg%L0<`G?XCCPaE1%tITnh%RB72jv>oN^eo7q$>Mf0j=+OWBia2D(bvJqFHy=D3BcO$~mcPS^7k+%%k"
        "c9JEh%*i2iV6~_3Oh;dK52`!1x{G^$B63c4JDY%xRoKL`euN~DCnpiR0L<^#drz;Y1L~Qajgd`8cE?NyVY;Oie@`NfLdRw7$NT4xan5CO|0Pqe"
        "Z;grzhe_{<lE>cxB_h@Q3l#F*$E*sVau@22Pf86f1+WhWsp?p7#P{|pUqioh8UPNs<}ax3IY83QTzfzOMJAn0WkHo61pt;6uCLx<87;|$kz~;U"
        "Vu3+ZXPz;ZNa9quZCg~!gCZ}=U_HoK{@5@!@meg%D#sAexdDV|=sx-i=`b>N=tZQg(^Ka`OL0aTb_7N0>Ofagw=AP{El!$eD?6w3UeC~mD{4h3"
        "6$le(eH!;FHd8lI%57F=8v-rFG3HU>8xpOa6M|Eq>49jB&k}V1HUy4L7WOvy*B1wZHeL5~#?6%>Hlp{HlO~Y$U>MC-6k?ne<p8~dp<OPknbCp{"
        "i5f5C<Klc~SO=CL3t5kG_<|EzzLGD*Fuo{t{cOA)iMCQE7yA5b4B)<@Qg@BTQaeDBW1*~Bp2U#&u5AaM+?&6xDVQmy^0CUe@olsUO6TwucwNiR"
        "Q+>vw3VpnQj~JL*zOt2YTXyOU{j(j15DWXqK~aqv&?T6$<vL>P1Z^uu!Hp;?%jI_Aq>V_P+0uc!a~RaNzXohj5=)OSQx!y9;Rjkv`F|VAW8H%G"
        "C7+1;7r0<<1wQZBs*9vIZXyXiApC8MWkN9t{7~lUQyd1Z|5$2-tLw8^AKU||3rT&+I2+*KKF)_OI?b|DLwjQ|SL34te1~*WRYJsg_zPE#oxyZY"
        "W>Cd5ANFeHh=p)D15x5m8#wGY*e0$a5CDrl_zA>}qA83qaz<o!JcQO<>D{3D65KZ~hGQ+LL#db9M9$o)Fg&4Lba^PLmVa!==$#-`OMzphw4-p*"
        "T`KiPiah9->*9nOk)$-U_=38D6Vy@PXKG<B0?yNr=Zy;xaH(*d5KctWw@csBkgg^t`dK$D$YD&Yv<qU*Q?q|<bL(nCVuqk^iHnre5?}bAZxu9i"
        "AY6!XM9HaZCJ7Ku(o(Auqj;qP6Ao90O6dLM+uTf4g8(@@^tZ#Q<>mP-abth<2o;Eeltip*0xCdbj-;oj?@$&aKI8#=UV5oGFjm3m*Hs~Az@%jX"
        "kX|rE2w}RU2ojK=Ho^Ew?){40?2k?8$0so5YpBF}ufk-c6)6oc*1X8Ru%|xX8t=r3R+vViDIqc(NHs#ea#36qz5=eE5N=0IRI?(V2`f(efT=8a"
        "{iO?>(e^~lv#>q%dqQe*nBnK)+o=Waxr#L;#``E*V=|5M_eQ_fC%U{lTZ#+jt*=_Ry0_HD3L2#Dv;R0K(TF{Ex6(GgEY{*<E~RCHk<PrZxbsxs"
        "YG?dE@V_@46&gnoh~b!peRrqLSHB1CxVl4IdA4wKsFET`x4~}!ZPYUymD2ixa4^AL8nx7_OKgG(dv_zc>TzKtgh0jLa=+P+dw~S<qyVBdfSH}I"
        "wQMGvsa&s&o_0y`uyrF6$l~Z>M?>-yStSw&=GLbgIS6sZaP4#3x!v>vhvEXcOm9RUqP|;{U@InK1ZMsW)MfJL09uipoqLw^s`d;tW{o3MJW%Ba"
        "UQLmqwM!@>xi|#=3()-Vk~o=#FxA1+yJwY<<R^=%1Wz6j9q3l&1Cr6!?fvhJ8*`}4om_ZfeV?imzGJ?tE5;e_*wS>xXk;A!cg8q4WsdDg*X~t^"
        "&!}m&`=b}f@*6KsPU1Z<pZ^%?SYIA5n>0E4S2n&X9(`6}Tftuv5+FOa%(CON8wVLuwihsvjvoa&ll;%6a?!%Fh^R#wn5B0-2<LT-NJ-GPTf`|p"
        "Ibbq^DpM)L?BW^UCHt4V`KsChrGcQxqxU={1h)^z8R^uHNb4EGiAwP?xHtw~83o*~FYR%<8J%H=X#`i{@g(YzNfn9M$I7L}31C#Siq;atFoBD+"
        "iQcY($7<I-8S}kWLC_XqXVRDG(m%%T-++R-wK{yF9g~qg*jx?b%3MObJ^P)?izN4iN4!iYDAn-)Lm+6{$Y_Wy?Ep<(qSjQs{9BCht|L}@XmQct"
        "Wg93LqX-591mxfvP9e%#URd|(oH#oe=Y%CvtpJ%)-h1dGsG|v2rRojCw>Pc*GmByLu_#s(UcRC8o^&huwrsKsCoZYK|Fy^}=T@Qbw&Ioisulp#"
        "j-z6rFMrhX5Xi=6QSFH>Z*%QsIs$RZvGu)-KX2@eb3trXLy&{}VEai$yY(xd-(Bo(LjV8(VJKbm4S*z!00GkzfS>^Y6pe*lvBYQl0ssI200dcD",
    ),
    "deflate": (
        "-zdeflate -b1024 -C4096",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;4l9W=Uo5*Z~g!Oqql$XO)($hm_xZPxTeSB#>Axf&6uumwwg7+XQV2^4@@}u@dcgi#C$MJKPHPS>KA*E"
        "6fj8X-V(f9f|TrPg29vQ!JL;<@PYd!5ZvmLRInRXoc?)QI3u+nBMem<C{mfR6$sJ<OKou&wAHPX7BnGU9elgdld=plQv)qw@R3?OaL8CJ=L5=S"
        ">WK?hYFYo#Gv*R}tWhi<aDj=|AD@T3<}rCnk6v647+d$iCoGFzKU7j&@AtQ+9cchORJ~#}0Md3YKZ*|A+{146xeEKIrm-}pSPfM>xS)9w5vhUq"
        "LSxUJh5iGr{!&Z9<?I}_*%itA0H<Em$idr;%BBRuW$ry5K;}FjxW3L~wtmf_K2+!b2)Kx_2eMa_Ro~n=y1%fUez>PZI4_9(a1sX07by|Vz76j|"
        "B|PAE3j^ltk_m1*%?kyd9k#6UGADF8(uLMQ#fLzZ#IWDQn)Tg_6Ozf_q)1gGK9M0il67s8f})(dh3lJ!(+%XJ!D*Stg;|;A^Zft<@Gb57S_LU`"
        "-9>>mQi;3(fGkG2_<a>=TiVJ7ik9+I!?2&Kx@MhL>tC)}BO*P$?#R=N#Tm6R-@bZ8CCG|L0uGnpFuH);1f4@{nVq@ZoI^jhEI87$I3cNExBiKv"
        "b5C&+s&V`GZvkv0W0;ew7;s=_ZcgYpCiFu1ou;fss)?x|Z0XAqz;YCRvRS!|d}<|{!1bnr=!|R}bd*Cf>(dI#mM{IM@p}VfNaim-8&%8n$8_Rj"
        "Q5OF$y|qsC@yx(QUu=SWk3K{em;XH!=VoHEDTnx9zXi=ZC(#i2t5*;D0b0Afdt=?%%Car?vB@BtXnCz8DpS3&ot@%HJ$ZSxK+?93B3nH9-1oE<"
        "N!7LMVOCJ(uhMc6`7@WfU>N6MBM!>-ZTo^Jo_0~pJ>0&>-S$lMPI~=d9p<%T6?l^ykOncUOQEU(8-d?EV6K+_{q~x;GW{UX41Yu110Wc#?u`{v"
        "^~nIBiW2(61Eqn71SFrJ^FwQrrE)K<Zb#yipz*NJQO9C&Zi5({7lbNTq&wYTO2bfjjRW#a%;At)N(#s?5h*~6xPGOMi9kj`3T3W7r_OM96r+1q"
        "6DpdWu9&r%_ur%Z`gG7=rcjxUBvPQkH%FsIDog*|VMIZ1Dvv4iGRW0qjb#VJL1&c_0#&GI-L3BbBY<hf&{GoqM+$ILcv?j0(y#PO*heJfnu-t_"
        "J7x|Y!oUz$b$qxz+exX`_I-YKfz5qCuJdC@A_wgzNs?9c@oUA?t|GANY;-caYo4{E2Pq6C!al&qSBy@ZD=kuopT1y{YjIp$2n9j1W67!aaU6UU"
        ";TCYFKjq9Btz~f)x)FrGe+6#Q*vnq2Gi4YP8B#ggM&b;C^&$G7b@F1xob66^v|l{p>$W!{!6NYe$)v&@mOJ@4S4Rv8i<L!tOKx5JkL~W{IfL|b"
        "43KKs32}`MBoB|oHtEJL9aqSN)J(9aFQaL|iU*U>7(zk&J$_iWA*9ev&BjQIFA)Z`CJ+dhJmvGl=J&u^LBPI44`Kt?t5e1DnMFWH#9?Z|y>CaV"
        "D>d7%CXpVvwl0y&mf&pZXrjf}IDpv>1R?NHZFzkDu6c(U9&rkxL48ZWxWu9A%9-{)%H0Bta^a@fxu{&DUwvBVQfWp(G@XH@?GwN16c5kFT=9SE"
        "G-x)KMyE#+L2?ZAED7Oh(eMhF>GhN2H~(VZp?Rl$BCPXWQa;w?0#JmU>CQb#tq0xA&>Lf%N#fp+3kzB1OB;lZJ?&qOVjZo9&@j(JNGKd(Iq#u("
        "Yb`bX8~`d2q)8~|qmm3ku2o=2Y*YC!!R#ZE`^4QN>g||SwYH1<RRT_9y2e*CBKr7-B^uletEct!A6~lX!S?+|y(O3OhOTT5(G<^cBSy!S3ioGg"
        "*z&?~Kt#fi#v%e22A+9KPMAA$gy|?LMR~*uO^2zUhplOU5vZsZ6@50`o_mUWYXi-mT_4bqyld{?L-Evu7AOrT!w;B@^<*FyYSU6h7{#-e>c|qD"
        "Vh|tbS&0T3ybi<!s{0!2jfV1>xRQ}-eV5+@qXWYi=CgE;{VG?Rk8Cmx5e)mC7i~_6c&1ddz4hAS^CpJ^cs}Nyub{{Ed@d7m#XRMq1Nh}U5bDl8"
        "q~_^(Ai>X?GAw|yC?US-1ay~EuHz*u1D{O=ui@s^Gpf5+r!F9MJ@CtBw+%lkfaW`9k}^3yBhGE6Q2xhFhu=xYoyZR`v)(T{sX6+9BK8!0R%gTm"
        "j^))iIhc$)z|2uXWzr)w^*o~U>L*wfe}5}VmA3ojDqEXDS7J;`iojH-^G<PwoizH)j2<piv;)i-G=6nn+56<mOp-+#mC8Nq!vB9)(WtR7(0f*<"
        "HWJ|M2^<8n!ip()sQz(P>nCRf*jIF*9YVE{;V|8)-_*Qkmtloh0-2D`Ua4IfGKG(i8jpQ5l=C<WC$c(4vn+??8(d?c<o+d}7SwxHJBWAqAlpPv"
        "3!>I*3IAM*`_lJ%RoYOJy=Ylla;Owki#0K%@#O40(jKu53xk5JeuSD`=Z!T*S$>UK63PD%y}p)`Y`JXQj&sB~h&*__zbwlCc0?W1`(bF8hQK#3"
        "p2BAt99aMR*I_Aiay2tzFa7%Zhld5Pu)HdgdD1wLlvV0)6sOuA?8W&E0o(o<;*y)iE`i8&)cw$JC(9qVilaZYC*EFgpiN|W9-77USg}s|_zCdD"
        "$kMTfZPpMy!MitN+O=PtXkqTX!g0k3lA3W<S>|cn`ov`OXi>zv26<1up`tVq=cM|o?Ap@#zfTQde(__J9~EW~Ri{fx2Q1w>BzeHYWBJquloOq5"
        "&_z`1u$}$O%4@_fg+oe)agVK4T3^nBO81;pQK!(|CK&hHmSj_L-L=H^eek`N{G6eCUJ9EJSf>{~q3E?;aMqRDV&hv9TUIBx(^W|%OV}==Tr*Me"
        "8!@$h))4aQg^85l-N|JgNLw2|@TRMO-0xAEfb)zwzaeD9&jW`WO6{7m^>4AKB#TlsSW~sHu?6&VY&cjAltsxcp^zB24&XchU7;@bp7at&9UrkM"
        "=m=tn+smz{7-F_x#HYj|t;H1!c{^~<&9Ovwk(MjJh-a6j4P@~Jyv$Z~6sUeZ@8BNfUdZe>)JLYZ9bR3gf2zChO(sj>uRp!@EX``4qGMX#wfMf$"
        "&Pt)-DjEyXu9Bh0m+jHrp%mWTx?+Z<-HF>a=%p&AB=t$YM)9oqr0YQs6t8(JU79IvW-_MyHu8}6o_ha}oQ}F&B*r{ElZNCi+sa9Gu#Y60Vf)Wz"
        "^`(*$cqWYR^u8%%euktP=F;RAWi>hFITNQW0`}C(rKrJg&Oz<kggf~c?&PI!h_JINA1xd%kfHrU#G^A(RG13^l{MPKQRQ1le3Q7YX-2fUe>iva"
        "h@MDww986RbBMr_8_OAK9?2_kIin~>3+zbkSbj+v&!xAH79e1#-n;9ZokSUhS!tLmm&kKdXINzd@<FMr1$;|-mG4w$D<RF#EjR*xjE2v_Wa>0t"
        "n%$=hU4-R_cfJ?p^aT#$6N0HLbe<pnOzJwyS~80cHyLVKb&6<u`KVj_xZ$^KY&V_VXo)iODN%M6*CXLnFlUg30|J%JBT%h;@$mIT4KEb9`D0_W"
        "rLp#~?PMlzZw<-rrvB)DzQ6kpx>Z~Lph_L(iR?KGZRqa~f78b^+Lqp{Lq)h9Q_#aUd`0A*>Ty78plDCfhOScT?sL_nH#V(_`8+W~j_t-fEj*RJ"
        "tZMZqqNHNA2GB<vna<TC#=ZseoCKiI2u9K#S1L#UqHWg9Vq}Zi;Yi4UKuHsQGKN5Reg(mHehtS{p(`Tn^jxXwn}PeBh`Wfl*IotobQGslTf@$T"
        "uCcNm<DM`^%shH0<ve2>#FtyD8nwL*;D%o5jB&uKZu{<_*7UoS*)nfuPgP@=r-xaETD=as@ceqg;GIZsK#uLX3DP*2b<aZgHOULUBP%2qrc+zD"
        "*>boAR5XU&QU38(i&oDlU<^w1lk>~4LYE_vV%#DobGS$dOo0wDYkkF8SMGq-_+042Ka+Shw|)$=?|@n_ewd=mN;NBTs4?WOxkY7<R&Sc*dH1H|"
        "UN8X%6>~)#4TyMpsKIwe3UZ$+;6VHifDqe*uRu?JD++e1Rb1`queL2w!tdL4mtBicxSQlF7PpCTG)-M16eqYpuDONDOsHLCDY`a)$Jx%9Kky-F"
        "K<RBhyDy5K;WoP(ZK~0!XNaf&+ldI~1_@Ene(y+v-kV3p)_`)4s3`N}0RNJ|+^D-i8E|9$o24Ko>{u8G6;yUc8S>}Q!BxaG?J=6IH6Nj4Otf)8"
        "8D@UL2ALJ>$X0pJJglTNQ|l*|UkYH)^)b{c3jvsC7h^a0T-N&pF|>V|;1B;)o>XFbb5(`J*0es;JrjF)r@oyjl7d*x)wo|7gnD~o_^H>KU`Dt|"
        "B;D3Q#hmbOz1q9ZRsoTQ)IrpF`1*4iipeKo)*?G||3EN$C4sa}zrWOP?T}=a)NRjRa?)2_)A#$+g;c_6@c-S(`B0QBokEFd>5R+xQK!3#A4e6H"
        "<J3Grn6qG#HkmZu$aoCa(y+GIiX7vvlpZ|5IB~tfb3HL*Ley+$`aM}EzG{QeP%Po({I(smx}v9UQR|`5wMb~BV^8&Sv;cQ83XVeF0<`P4W_$xR"
        "R9_|oubOSWMd-~!)c4598XC_qb&S%m5=zM`(b#~45NQRhNsawAWSNUzj=yGAG8OoK+P7Ta%2KsCJj+~c4;&Q3NDpP(vguB0-T@KXCI#YZm~nj!"
        "piJCVT(OsEi5x>CD2fo~=~~HI&OcW%J}VfyyxOkf@EvvgNLnZ(sfW%sfO}3jVinihC>>Kq&5wjgL?(lw9Ifv2lg!^GJ`sisu^;YyG_=1x7<3bk"
        "D$CB~=TWaOlOg1ut#Pg#%wr;+`jZUqwO4h4=durw8jRTlNHn{y-gCC#&38O?YX2ou_BhZ|Gne4T5>BTt7pR0m(vajB7-f0w#{xCb5Y`MQp_s=<"
        "C#W2}Om6yF5tgk{s$#Jjq}k`}Jx%;@CK_@W(0r-<6;-gE(gM>X`eWFSE^wnx1~cx|5K#rY`rD2Zj}^z%4>>XZqpu|7)VVi~0jnRbFI66fm#s+A"
        "0sI-5Rch^nx26;x!fd!ZL?<kB>>BUNhVxeCx%p~X@Cl+McsW<96nVBb>T}M@e_bymJG@S{SfQcslzr^jFm8}F>rT}v=UWkX$<(7_xxQuMEmhY)"
        "IuBn4qD$W^L8p?y%>@o(9pP)t?C*4TuXoP4F)2iQAKY4;*?*Nsl+%P^cJusbpe)3+g^aFbc4Ae#{kkS0x7A6*X&f$pt4O)4lg&I<DeTDgm|>Da"
        "#w3>Ytscc1>q<|L(4G$!?H=zTM^Kyo^pu2hrVD6nY_G6=oGvO_c~T6E@a+=-NfR4AJZmZkS_s7U7(554y-7XBQ9&vlL~z!CYwR@B*56w*HA(-@"
        "GZVnP>B8sz3P{|*;B9-sVF!MD0^?ny=Pq|`HVy;(n9z(nHtXNWn^$4T;6KhMy4FEz^$W3{C>_KoDGOKU)B9&F^!H*lKQxub&Ij`SuoJx8tH&9V"
        "FOXtRy#Wy&|LxQoz6&Zod}y420vo#I$vO!(V6NNp@xy`M>$A)ajU9WyJpcdz+F{@E3XU;j00Dy{fM5Us)U*CYvBYQl0ssI200dcD",
    ),
    "zstd": (
        "-zzstd -b512 -C2048",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;4A+KdR+hjZ~g!Oqql$XO)($iypjyvdH8=yQ-2Q}T^PyL>xB8vH19&*tZXmS<LfgGT>X5R*9+oIdy&WX"
        "Rv7{&bK^F{DA};4Mz@iLk1VW*a(n&Lm8u*U(k=Wy-iIT^Jh!;_=A#9cd>9_oxML?7w)yg<=G9HZwkh)+Oh9FS)f75>ejIMh5wiM9Gb4Is=F}6X"
        "SThB5@okF<A!d7dS*f01ZpGF_{%j`jR_Y1$ygAgHnx-jB2%$!u<Ztlx7fxWP9XZ9OZotD$L)r<`%~D4RMZL{<Use2rMKNw!mUEalJ5Cb~$LBU)"
        "UVbb!eyr23^vO&|LOOdt&^h3hn&yQzgj)!#mZKCL43f;V-=}kMiS6Kf-V+EUB|MHc;e?G{UyhQL;L^3Xk};z@j{O+p_Bg-p#4la}nk#>$3?ISK"
        ";MXyH9$deP@bB_K6Z5YnMrQ@(ypi@d^9}B3Ra`8ZFJ+~KAz1ppNqtncMo)@u4qKN(RNk@cH^Fh2We*~(F7KB1&Y#s81vnaD967Y`a`Ir2NHD}t"
        "{ho6=RHViS{)g3h^QONdAPkPu=hcK6&0V$TnAFZbFfNl@BbCI+d`;_XH_6aPuw<_e*sa5^bf+~9m4D8W>5dP{@I>S$L@h7tUAh&uf|sEog9B%R"
        "(Fp>Yd58lMxJl6S#H;VcnT*W*Is%T;0Uc1#y4w(@Iu-%7C>)>9L8M4(*mH-Ak+bqD({b=F+fm#>-IiO(&1|a8_kqj`GjTBgMy8`TUP{Y)NRdyr"
        "7vuEe?02R+^7o9`^=;_y&e|@b=VE0MDLfkio5{-2bPu_DE7h#MD-XK>loq#H&zpLSC%?@G%-MkzjwSe*=`ACWU3?#^<(+HccGuK9uvg(myxPYa"
        "1@TLi^cOK%uC1fuzS&7(?b^!lWiSoJz)Y^T@AO4=@GTMuwV82GD7e$}Sl0}u3&3G63o2K)Tp&Ow+8Jzo?@-}=<Z$qVK8%&Z#T`gZpaK_sAV+|y"
        "YHwD!vgOmRLsJnf{FSt2jnzXQUUu&TY*#^LE33K_D13m><^PNh+`+{jXpJ^ImtmZ`Ff5Ps2M$`Q5BoQx5-NTs9VU4|RBlo*>|k15zrSFw3{r&^"
        "(QBp-9@2Wl^pZ%j6y;})jDq(cVkAKw=~Efi>$c{;puk6EHN&X20Qk;kaUWB33-c-z&m~#;JABj-q?qidwO41SRPBR(f2hxo*Y5;WiCZ|OiS7XK"
        "n-QG^2DJWL7a|hgF0jz}WEMh)PQJvK3bqVbj!}oeuxXcPoRg-;^B)F$<HuN<PiAH9uax_<vyeh3xw16x&a^t4?`aPt#+VGZHA_1d4XoS|zE7C_"
        "Y1c?9QaqGbUw;l>mr=4k)Q@gn0HzaZYS@klI_;_G_E94Kmc+zh>B)q9Ze{s6Mj=MKvA=zn?6vH6?pk8^+^7SZ?#SENcmt4GVz&Mc#VroG1<Pt)"
        "G`#WJ25(}c>ZJC(S1rl6Y(zP=g+;YwCwzY;C?=daw@eV{=w^b19v?h`$qKpac5w?9-gNnIwN%yNpfM=(bCqCj)ot#c1@M@-?6u^rMs&EhqPKTR"
        "vl2bmS?6dk_?9ei{s+O?^=J*MW3A?~MbFkzH#>La#B8B;dH#1O%!KE}v#_BJR$#Wy03=vh5qDJ)YJAk$S>n-}aswLFgeK3wdMnaI-=D~3CU2qn"
        "p?TYcNf-fi&6gKGkTcO-Lo|S5hz)bMn9NW|ZU?k1f6)IkAJ#|NKlxFa8$xH<m1JdlC7~QC+>;TClE!E~%`q0&Qn2}!UA=kRQzyvb3##nqh2ElF"
        "EK=a*h}@4T?C8zcvMBSEkL8;31~U|*H2j0hp}vNO(&*rr*oUcMsrTJxKf-#A$_2PC*RvJ&xRiPJ)0vF(hS_>`x^k!n$_m2BW%>e4L368Ba?&9N"
        "RYBnVN%n;(=k<pFB?ldU2@*xjAq6S7fuZE8UW+v<Bucp!T&rnNS-j)8+l#Cy`IIcXIN6KU02ldwyp3!P+1?ye^*8Ld_PwMZ>J5*Y&Yy|gt^5(S"
        "#V4~jqumLJ6;7cA?6Ab5zY4dA47)tv^vys+jkKusoj?^bFKFLtg>Pcgu9hTmFG?oWts2kOOBuZOQ@}rbOi!4c(?Qh=2|x4rb1dHWRsf12K|6WR"
        "Mw9LAPV{i*{$$EDj}v&%0o4`97cKRE5L|4@CM&QYlqUrn9bHy{LI8q9HB#j|t+;~?>2y}64PUr^x-)%*-M>Yu)T+7sC{P#d$v2*PaWJb_{;rjV"
        "qFA%;$To?U0t))XFwhW!sh%OVx{+5y-U*)ye4!?J-tMVV_hV}Z8l*}xf~TfA858z{<|Vt^RmwC1DlO3^a4<X)(@f$F>V714rp-+1(v6_w8rn^Y"
        ">m4trebCx}cTufj4>rGYmJx`xZn|mYGa4h>{~l^^F_!H=BXl6Ep91_lL%*acj868xW$S7-`->gWXjg_Rmq6a8mPLdr4!MT2+_gdNsn%_N6ugk$"
        "4*>L3aW4saoTznaoJt}&Rv#-JIAUgj<<RMj2FUinDPN5I$z(ZX2eHwuHrVp4X~NA<!p$2Tec)p~ijsOmc?p%2XBe8>3v_J40gS<Z*M;IgaQIqP"
        "BPMM{<XT<=3^wj^JGSTZ?lLsz`#i%I;GEOc3_?YPvA{_23OM>))>B#iTP0@Uk<*wY-l3dEvxl<xeFjADSa**Q0xrk`O2FXye=n_}X?}r2!VmjA"
        "jOGz=-v8qo`SY3BkNLmFr>yn#bh>MH)-6K$e;II<vyFuMbD1`Ao>YN}mgMai6a@mll&@40z*0haYO&~YMy(p^dhNxjUXRq3hOm;JB?j)~UK*A8"
        "%K!iX)=DuU^@)BH00EW}fLH(kf>s>bvBYQl0ssI200dcD",
    ),
    "two compressions": (
        "-zlz4hc:lzma -b512 -C2048",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;4A+Kd|dzlZ~g!Oqql$XO)($XrjRc?*Y{8-0K?Yvp&=0MG~@<|Ya*0zzT?dV_kD}qvi{sSOY*9gkW;<N"
        "vxNE_0JLU|6uO6d9-mH-7`JYQRIHE2KRgnsuiNeXYSTcpmCYkD*!fmL6-&5>j=l|Rz8(~G?Vv4RYlma^LQ^bp>7Y13G33_Efi{4grPSGT8i2QX"
        "Fi-Jt;%1FL;VgLS&`#{Vm6Uh{v#X&Zb2=FmhA*~pZ;9)#Sd$Q-Lt5*A^}dOdOyE{mcqz=Oswst=wX7%@TKX=(%B!GOf)L7iWi$iR#0j&7bv~RZ"
        "H>@FKB|)eu@aY`vV-`<R7Pt=v9h-94OU!ufG?U){ks*Nc0uR8A+!aC5!r~;&!2}$jp{_)!CMMhpo7sPyxm3UQXCBJqtk_@d0Mi+CUbnTC&(Toa"
        "<QG0C=sULWYUmdBEw|85w(5A}j)!>u7zJmBDxVeK;z~1s&GYNaKNA5ry3`-I^I^R8ETy9JXIsQABwc);knme={vIv(OOM#!i~)lx<~&=jlhVfw"
        "`;=Rft6Ppy4D5{#|6ztzYIC+4HMbGde$pwx2<=#pIMGFwB5@gfx%tNt=Yk&wMdpIk5l4ry81QsCCpHWl#y%*6j3-S5laUAP6?N%Ui*r|RSIp;N"
        "76B!Am}53SjRGi=o*=~lp8R+(Zhpf-f=NjR15rQco(}mh!J>FFaTRBof~<}36}Y9Sp^>$UQ02mFz_)(@P=@*-Afj3P5z7AN6BXlvl8Brmp0Y_A"
        "DMz}Fj@PO%L!+8L%8P3(`&D+RI{vtF6lkl-$~1O$R{b*!H{KhqP{bw|!fU?}x6+0Qaq}#hek~<G;Z~}?K%wE(l;4gx-_x2|i8myfHXa?|^3v;I"
        "L(Wz=T+Yf`)s%znm;}Y|eQmEm9~k;*og)xbc$q;~*7pSA(k9Pda+(TV;L9B_!$v$|Od=UV<j|7I1wAAbM!ob~8=oRXh%$GMd!T5(nr#;UZ(Kbn"
        "VMm4NzN#<tPj9zI3^QfOFkc!XcGzUGLxJnL=NHpL^dZ_Lrl1_*Ku1y;qU<iF2^<rTPjlCL^;8--On<e@wud+H;&jC+3OFJU2#JR0OvDfG;eOR3"
        "9Kgpf=5!Q4`X)<WG!z68I*z`;9aTmfT*WFw{rk1Swo6oROho<R)p>T^(RiPE#-vE4Ko|7~OGxhMNVCu}xb+(fA#o=~@U^C3aY{z-qG!3T@l-4&"
        "zKpEa@jq8vWOfQCW5%0DW9kqTozzIW0HP*BtK1+`sM!-(7yWKeZfdG86=&#ln5xAc8xH37vxp2JBnx}zIiQT~(f@qi4ZaS#q7+PxSDt><c0|Fc"
        "e0NYbfqh$+91jV2vd;YzA=RF#)Wd?<CPbTxz1Us~)=uQ(zPV>SW4!O;iXFHrjp|Ap{?+1_vE%u2T7BtW!Te%OKcgK;t&OYCdkue>Xx7=|O<0kr"
        "vz8L#Hd@N5<_{193PHEW+zB7Ty8)Y4_Tp1&sbU^jvebWO-SXn*1+saPk|cn+>%o_Crfg>=3gVXn>gVtLsRTP1Pc{<_EQT(C>~^WF795+*uT41Y"
        "(~e&UtI(TmA^{)jO}#fM?i{24DL$>^L%W?%pC#HimRoXhizl~7MX>_bo^H&MWhH;V!x20ii01w<ekP*|q0T3VxqH=0lWkJmj=J-eeWLnLuK-*&"
        "SJ&k7#@HE(|CA+GZjyi~B^|^ndF}C&2VJ`q;qr5{e{t+3lVz$LlQkY(B)cdrd>!QtFY9A5w&0PzAsGPle752Hgu+BwKFc~X#ZGG8^q~3M-W4y<"
        "qgB`;<fZ#K(R@t)5?Xevd+waIl1Szj^XELi$LSqkJPIQeeBb2XltWCh?f3Fw1r|u<v9)Ek3n4h8_cFOeq^o%<2?|+<-IF*%#K>-f!~2Ch?Krk~"
        ";;}21>(DDyQUk2b@Qkm|c2PoB4-AA+UuMI=(2+wjFk4bi*x$9U)7H5O<#Hq9Bi>@;J<n{5IqUS{ZTqw0va$$4Plz#}Xiz~5aCZfOO@d#;Jk<m~"
        "I$CmZyt;78%~5|14bcA)G?8YcoO?(^gNb1tkf|$kCLXY@g46ztrl*dPZ=k=&dSXd-voW1bAe?f@Gq-0g`E$BjYysnyPj#Ap7gLFZ>$`lCuhhvH"
        "l2m*|d7zifU2}yO){xa~9KGY?oD~y(CP<w)7O=$bM>k%3pq#k6Vlrz`wa0iUhS_nGi7%<y*X<+m;EuaXa-U%I0E$Z`gyr^N8M!cJV$i_~e_Rm@"
        "UB(Ia3|39LA~maUkdbqw6(0J^<-mUkmv!Kcj#6Y8DG~fP6ecUa%N2j))J@seIAc3txRKfD%27>so`%}cdLZ8I#XRHMbl5HM-9mz~I6iOpySZfz"
        "`A(zzsI=vidNM)vU0V%X7}42~fM_-?XA2LiGO<o;G4foioN4bt#Mli2Y3N7At{8co?i(pSqf#QZHABJK&NDKJAk+Xq@IcwWTi=HMfU10Aih&hJ"
        "^%NIlR~9bNpx(UPlF$a`Gi&c%PK4FRu~i)jvw>Ntp_ABi!;zivb(yp~W>Y=c^-t513R1i%quV4dp#Z+FBC1i4@~%!~WsKbL^vB5RI0@hEU71je"
        "s8*`m1rq#&D}b~eHW>A;N8sAyadu0Uhj1Fa1=kXCjO-VvZKmx2ur)+)+|n1^i>JLcI14;KZPsi6#-&tc1{A0~ARmK)p$PL%49_$QC+&VW1lf#+"
        "&`^Dz;YtJd`Z|scz}U4}yfgAz`OSBcDxjdFQ3uuP42(T)E8vQ@KY~LBSt(>eD|tT59{!gVpJ$v}W^Cy!yA3O`S&%&^S%8#48S`1e&eD4@0nA~I"
        "%A{lf{Nw{>^py6Z00Ed0fLH(k@;4UXvBYQl0ssI200dcD",
    ),
    "all fragments": (
        "-zlzma -b512 -C4096 -Eall-fragments",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;2Hl2;9UR!Z~g!Oqql$XO)($VLyx$BKxFWu_t_T8lkxCfxhU5D3<L|07@AXd_8W&hxP?Fb7Q5AD%%yu1"
        "6K!IJ+OH+gI^KJz%@rbqODRdlUrWV%Q8?@opfxc%JdRv_t`<6t;Zbl4<}@&JPA>-~_=gWsw^o*ykHwvVo228EBp8v~yaX69M3{6!p1z4q6GC>g"
        "!C+*xN9fdbJvuwfhMgYn&gg*jn~|~w=jpw!L-@2xJElGZ33GQ7gK3FSJ9T`F$Ob1$Rq$xGLRXi*`uQnb6KpI1BMHzLa96qgS-UC)LwJg=sLFh2"
        "AjYLvn#?2geOyh^IWm|K*3yd{OLy<d`ItZajQ(dAXl~#HlHYt+bcn}*e1<X>%C+N=OePBJOzo7eFQfCI)Z35rAP=c=$v#u)$<S>`D`%N!RS)QK"
        "P$h%X>Lgci=6Pb?*+*N7_~HvP?r6U!^xB>LEUcZls-pmUaK!Z5%L7VPAlokBY6evYDweV)+GLi%jEW;@%+Le8kvemU_^_Lpjd16N3WC<eR?mbt"
        "Who|ukNRSmxdX<c$^^AhI?PfCCrX++DjoQtbzVJCAt&31t5itE-Fmeq%}HbX@@~k6cc#fDjNdp8>PqJ#6K#cJj250dhe|T=fQ!iJu7%Qg1)I?y"
        "t3M)|5WsIGio0!C>Y-|eFtywkrwnM7bZBj#LwYc~WkgcU?peJXc<r%y$>+i;FGDRuCkGz)#0W^ceK8?HaG*r#UX=aJMsRdd<@`8XJqL<>I0WTQ"
        "KEz<}KBsjB{Jci4ER)QjYm%$iwEq^YqY-^KF)yUL#JquL#YUcITTQG%KEU(~!CE|&Jmyk<qZdLoanC8+29n5X-;M@lm;xAT#kG#(ZgEeiUy^N&"
        "pr8>XArDIf_iZ)xJ056g($-f0si7tCgAjyQRxJw5>*u~H&k@2A`M9$eb5GAFwWfs2*C0TJ%E+k+%Fo32TvG>)VV;6N?V_6KB5`9uUc};b1*AiX"
        "hv6SBUOnD`#G%`Z=&d7fNSEddu<Ce2Pqw<CJXqozrQj8~``JpkFp+;)k8MGf=<j#<ojfqGeQQW87^kE5!S`0f=&ltW5m}JAsK$h+#OEl?fXzZT"
        "YtEI2WG!$YMTRmejDAHIm$lep$=ZP5@uUzubT;j`-p8$8Qw#$n!g~e02xIU~u2+Cx_FmDOJe22}d~V9XGA)nxhl730pXX5XS+Q(EXk7TA08#p3"
        "BoL^&5^l>s;m-}{4Y({v`rYo+arLMT?fVGTZhJUK=sX{G>~Y-^WGh$GS3fp}AujoaxiFt;4F)yAKP^Ss1b_kjRYh6(jHNyzWIASEFSrDu7_5vn"
        "W4Orff`mJ{g+{yH^CqM02{&#VG*Q3)f@9t_`-}nxA*C6L9RwYG6Xrz(DHiN^^*n(^Z2gIb!-JJHI9H_nVvj7TeWXFZDHU@Cqxj$^38m>+8vNB="
        "$X_<}3BAz%4*n6+^$cUyPBVkG=f8XiG@JfKG3v`6u|jst7*xrM-Y$u@3VZ(3eH&Gc$5egmf`*xa=Je-r6Z`VDMyC0o$ha&K{-N<sit7REN&=Lm"
        "Ql~x)Hm+k)|L<szli#mTCbFG<i3E5<8k$3YyLE)&`~6g@ult`GXdow%biAv98JGBj0jYzco6JpFYtDI9$m4egE7GkCnTQu*vHq=0oO)sjj&`!r"
        "O;XtvmCue7;UIn)I$|-x``&p{lfGu$=_v%<^(EtzX~-v@Vf!@OP*ONydQgB~eJGH|DjPz|_!~D@)r#q%k@3fC@CeX6SX`vNR>(g=i=Nvl^k33Y"
        "ARrdrqh@g*LM)uN7A>zKyYVt5l4V6<dGFixyND~9EDWq;@#?k1*@(-LRQ<ykI+S?jaFDkH_!#+zDy4{_Gecas64X^gx1v47NcsxD$0NRrrS)0f"
        "_BZ$IU@d5yA5kut369{ThRijn^Rl-5>HPOlHlBqOl)`EJ5Z8@C^}F=+wCLOXz~f%&(}cu<S>_eh#p5$Q{t6dMpjfR$zM(AUHhorY`C2?9P06_0"
        "X$F5b%;&ppPwYJgIi6B-c*3F)L!&IcNn3OdlR{Q*Zp(A)U5m12Vw?x8JRz!6qoKWYQ2@vMNhl*;HNkv6WSYjd7NE=FC<Wd*NtDyV7V}M7rB!f("
        "Rnk@K2t4S8$l9X-(GG16nKK}ZL~)1Xmt{4midr5q2z}@nX5^c4C)NyJt5RM~N7E<kLczli4%en5q8{p-x(8oxgn46ME((r;MMQ|XIw{*)0Bt?j"
        "DbY5H%bjp0!gdnUPNT&Nj{hRMBKOf+LmYC0^>Y<{<COadg1;a$Fft!afAMCduk$uq@G%%e1zeKjRM*@(C-sg8YNVRJmqN^V2YMMtatAAJ&KoDo"
        "G^AM`A|t;J=|qKxVt}icw?HcxM;p62Hk8r*xsSZ*LgM!OxDgcxjZ)<!QN_K?qtZU>DoV%iybsaj7RcQqgP*L#<G%W(<?8Ww!M9KF-T%BhsDrqF"
        "byt1Ld^BC?UOO3#aGh|D8OsV3qVs#)U+OR0SYBo?gCbL`JkUZPix7y_Si~5UT9T}Z&rj%r;KW9v`DT9N`@dx{N^4iTepP5f=zPZ%4!oQ`@K_dh"
        "TvVji-|~EhX(J5P)jtyksjdd@W8SaG5a67zBp?)u&o5X>6V#9e%T%I4n=c}y671G3yyoBu2Q?&{VEG(d+E`~&nOB2s9LpOQM|6aXqkjfk#~-!)"
        "KxxeCMj2J!Yo)ruV>AiaDFPYUbHbDMK?hFIVs+UKo+vQb%sp%ym@hRyQo>O<sqCwGE`K)6xnzwsC<w6|U=?fckDsNmkn@t3i_YMbt|4qCy-Sgb"
        "PXbWbFgnpQxFRxJh9x71b~#RZvq`ngc1i@J5~p;hX4l8-8UL?N_30MB^sJjK)42rW7FNjG%NuVdd?!h4S7<~NB5pOeH!%ZZ0vB1vJo&*WML@IP"
        "wx$=H>A7E5giecuMMNL~wJ0y|w=y&k00I0FfHVLA`bfSqvBYQl0ssI200dcD",
    ),
    "dedupe": (
        "-zlz4hc -b512 -C4096 -Ededupe,legacy-compress",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;4S|Mfn5LqZ~g!Oqql$XO)($fLK1fvEU?mb*`2!j4s+;w#UTrB4~9A(dnsFWo{00i2{&(=SpIwCMjY#Y"
        "illJjDILupRSD;ekUThlY{ptV!;}Udvw8aj1-2=aJ((hY&Q(GrW33?XIh-@^@(sqQ3d{&IP5Ec1v_0;A4`iIKrQ;yyAe%a=WQW=!z7Y3Y?=yZ{"
        "_=vzLMFpr?(eg(K<&Q|1kK(*|duUlwfJj;Ex|QT~SXO6g<g>T{*`VxRCaml=#!>kWhCZw=CQ@YA7)+=p%VpxS3oJ!Pcq%~wG;UU1EHp(_9F(WW"
        "VrZjUxS-*qNn%%gLwf<}vG+$k$u$O2y)?Rb_@%EapIpf_oOk)>_~|jL3uw-uE&g*?)`jP&Z{upI1ii?j)bMla1)jtg1?-UnMzpfixnZ`%A{Js}"
        "qom0Dw4i;Gz(cSUiETb!97=YpnOJIDi&<4?R3#z7v%;sd1+8|G=eha*VzpCq0mg`fN8X4AJl1ku)JmE~d=@fF<TgoTjQJGzC|!rgjSi+DZSxz9"
        ";~f}~p6E9dv86i?1G}@z+RN1yKh5)5g6z(0_cb8fu9kLChE}ax#&J3lK5uED!%BlCrme$4*8ZMPYUu9R8efi$nt8?R*w5BCD0*my)yvEj<_IJ)"
        "tyIjSW!V^lbjtgIx4?t^Dq&&ersy{Y)e<T;22Uo~=q3ph-|h|LWMg@kdd`69a5Qt9OeJAk7TB>X_ro3&x^2W-6N6*^9ne#32DW_Xp%S#+Q=1OI"
        "Jua>_r!NfwXggTY4H7nIlLfrecUmOx2oRnig(TQ<&jblICv&}^wm09REo86j`c}e&i56cez8VfzvxP1w;kf>9d&F}OgVQBRB%yPLb*-6_u9gQZ"
        "{ismN`m5z`0gfW8@Y*pj^D3(9Vg;?g0)h)_6r&8oA=g1dZc-OhVoX#e0v-faEgjzGqa=5})Dvx5gs#N)`v$T};@2FpUirtk(L6VFD-~n2J=G16"
        ";}>^(vtH7!yGh)L{KA4Kp-+-T`yB<?4!WtTHen(;-b><F#&tVO^O`9pE&W48%`!}>uOn1ZVsx>3zI!=Yy<;A2X&%wfgm3ME4|9WzZ$x<0pA`&1"
        "+!HCaKI#=4F(XOYz&pa10VbvDQL=6RZuo@98qvGPc#vd4a>!HWHgT$4PafHQz7G8rXE>*<(Onk==}^TL;78eAl}cNzi1aFiN_R^JaF42d4Cy|p"
        "ebhH9e12(^Ve$fj#X~{5VTKq(X3!cg<L>&Ex?7XFV4{8za#KB&lPU=t1Fd2&m?5v1uMf)@XVh<TijznG|6Z4;$S~MGXK<c-CSro($0F!iP6I78"
        "N9fo#-*>kfRZsyx5DChV<t&k2l3Ui@5{Ot-a*dUXh-BrZqMsV-p9#uvz>zYXMF!$CF(-^AW|d7?rl*d@h|PTdjTJjq?g%L4-Lk7d9H8laDVJ?n"
        "BO-SxOSKJV_7od6rhpwe-!;R<MjokX;!{_sIpFHu@5x*p6ytI%c`fo+rSFalU*+3~3V=$yt9c!3-Xl{~YClxSc9JAc*QaE8Wlf{WKeU6_9OzC("
        "7mI{QJLPh+1KE@51qpVbi&r#5{+2LvDJ>EcLbSf}@Oi3y7shOwu7^cRy4Rk!0hO!%PGKhh%Ux#vaaAEq&*D>~rvWVh!SOP+^DieP;Duci(V6eR"
        "cB5Y5c=M=>Ew;tex-FHCO>(N#Qr_+e%BL)UP|$HH04OG>o3zUGSUp(oDFShEPA6ZBcGIQ&Oy}9_tHHHigqSu~LPdfwQ|+v9x`CD2Gq3-Yra)Q|"
        "t6Lt)-FIf@Si^Vmx8VLv-a+q4H}W~h*70FU-r&X}E@(BGFGN8F@x=AA`sTL9*JfZtT-k|B@bn>Z0xM#ODUuu&lJFxwHfYAih=Ae%;q5Po-d&W{"
        "oT|$hl)k0gZCU^z8Y=*+Go9Bx4oqTPh$P&Pza~~S-qja3HKLfw1#qJMcahG3c?S?A<6#k7)g;RmQ#8kBr8qW1A;#@GB!1$_c>KscqKaE2vgc1%"
        "$dq4Gu%$jy+w^`>cR&7M?<=0;N^Utu+CCoStd*@7SA*{+=V-`sk1q_G9)f+sbYwl!8UOHMG|u2BLzi6w{U<U3SC5X!n|VTLbNVq!H%^^#bN0r="
        "VZ10po}9RmL3wbQK@=b4(}rPktOO)9|GCou-UquPvsVF_jE_@RCHGZ#sn(e_QDucg*y=eak3~wmvBJh4##|LGl5)JT?cKApM2#hjP(+?X@E4Bt"
        "oDujD{ZF{}b&6Hu+~*BL^E;(b?_i55?C_6XRbV}`<J2~e9s({i#n;<9vX0pfw{~msMAKuwDen;U+T^X|=YR<ltePu9J!ZV*J|^w_-Z73Wco4s|"
        "prxE@_<pvQv}8(&kbDGg27-R`9h^70z^P8SAYF1pGe|B^$Mo%$@xpV?Fgl4^!=(`#qhlbL@i~{5jM>i3!M@Iv4n+OA5T}ZFE8^VLo;HGND&8WD"
        ")L@P$v<R3N)Td%@Qd-GQ;23w)yc{s@bDI<H1(}OGUk?!=tx#PMr&s_}my*;sX33bYJqHLDeU+yJF~yTn-H2WY00kIcm{-Hy-;WD~_+-rs*xO<V"
        "h5DQF(gY05rL_g)N{~fM9C0PRcj=?RQ5~HcdE-+<OwX<Yz4M^r^|W`IFEk5&%jA{f(o8P#i}!W_Hmg0wD>eP$VVte9?rW^9q)T#R<XfiEdZ#PY"
        "D)<lpLx)noFe=eFnlV#k6~8%R!|*E;wzNg$QhhOur07Ymc?WRz^}`nb{rCQL!F^y~A;$-ACX-->*rAC^=(e4WJq~vXWUQ~~>Hr1R`{GM7<IDh;"
        "iBw>T*&!W_00000Rk!a%5h|fV00Es5fLs6ooet8svBYQl0ssI200dcD",
    ),
    "dedupe, fragments, tails": (
        "-zdeflate -b512 -C4096 -Ededupe,fragments,ztailpacking",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;3NMJja>i$Z~g!Oqql$XO)($YKoJjEqVhKDf=sbNyp+8i)-_VAhkF>;0*^zNIFMLJ%Ds~@Ap&7I<5TJz"
        "COFv)1=GMe^(Yjk9mCzO`R;_(9qT|9(FJN?y^@U2cPL|cIq5EEWE;0qkeU8o{~~wTc3AqpJzVDI=;>*NuFA7dO$(Xv{%OZ81)F>4n-HSeDWhxo"
        "Im9U!Dl~v{WqVNwQGjXANFlD&mG+E-VK+J~d94?iU}^DKw%L<NI8ZIsR^o+aHqPlrj!(Z*{V9&m+j_C>XLstBLan}EaT&xQk9OxvWH6eBeSgS)"
        "cKuwgROG8*M%4n}d;R^`*DKVa^h%PS4cX0eH)=OrR*U9w;i}g5SkBXvO$MlWFan~4mnTa?)=j1AjXdEyWsfM&LzUG~xGbkD&}_17yo_)Hg9}R3"
        "@BJC|P!iEj2dqIU<qKduc~e>raq_ShpoAfHy%`8kBnp>kmt=Lq?elm;^<(KBN<dRatO@WWKee=RIaB=EjViG^bA(Ag4qHZtV|dQKk7N;9Oizhc"
        "B)s3^2WIIBKoo@&qKW>%g~uz`uc)Jt<c*g1fBiuJ5Iq;!?aNwKI*?Ts2lz<z^zKLty5P^Q=j16Cn7R?=u%f_I`~q!o*a<{)USO|0uCTCGV{;Ml"
        "+|HX}5lGMql-zjmgnBk|I^hglgV=O&4>6p?k2^Ga(``fDm_Ak)Feoq5fXFYipZcE$4@ohx3fQM-Dp_H4s9RtxSI%A@HV^Y0gm8N<+tELdHPT~%"
        "!G1?APLiJQPR89XTWI?sgqCUIbdG)07b`{<;UZ?QrZK})(&w?wwxo9)ja7oF;sdUMaW!UV+j#<y9>M;i42{Nnk$Q6C1yoq=clHO|`>`))+=1Gy"
        "sH{K&*luxnICGat-InNKW)7z;58rKjBrK|f&QtyGqL9S921yRd0s*!0b6Jmboqv}ULf)9_5Z1C0b`{>%;0&4PPsh{dd`syn1t9B~>e8~dt2Y8d"
        "?1wCEne4Zexb==t-YV+bE6M66Scu^2)X2W%SHe;D!jqkhGor+HK6#MWpKi%;FAl(w@dCo$QzuF0t((cMJDl6s03IGa@qcW(N_*4Cw9X#3I=LH_"
        "E~*xqg1IqLi5bnUy<`orHWDimQ>8>Fp^H=un*T5AOXE;_nBKfmxIbUO_{kCY1f9*soy^|}fX7@I(|*h&rxZrt1~F8?AYZ%qI86lr;Gg&fho+VG"
        "7V@5}h)d#dBa-#H+|bmIzk4Hk`eC@wwk&8=V_^=2=873(_7hL3Gj`x^26yFqc8H*pSB%N@fz5I>0f1awo+tr{dKcDZ-QEkmlSR}IB7Wm#sxiIl"
        "VwSJrLnYu&{FQZKP!2XK`tp6WpxCl8?vhmo{zw|}j%-zdX#OogN>LAAl}s;eb*gIgos5044+Li+oXl{ibIv#rn*FcLHPABD)at`&KB)HhL9HWL"
        "|7i?v)r6piaI3}mfVWducq8sd$zsjIXj1ZFM;hlC%Qp+)(P}ve@f?vbbD5>Oo6bU2EU=UCwVem8vGWOC9@gR4ZjSq_3m?Ms^`Wg_P3KIkg>wC)"
        "Yj3ad-Z!{4kr{EL@#i|zVOWrB#5XEJI1+Mu!?YMjaj#%XgF!h#QgJ}?i`?h(=E2p$XDvUmPV3w06pSkYOCK!YH5+2drWIujm73dE(V;Pb=edp("
        "CCS<=qns5i!M%Gd{>Pp$!47Jm8L}x$>w|*2nCgILDb9PdiD#ZxW{eCQ7xzm5!mq^ujycHHQOL<anpGVct!O-+&}0pZhr{x$^d^zUp(otxp8hn?"
        "w$V5k4;UCg;Cn47zu%)6cdxJWQ7x3s^U()C#NUy$!a_LATd`51!5!uQlRc`92gVT#4##eBi6f|U?S%Ju3;sbT<y7OP^EDm4qHqkAwCu9_#yZgM"
        "1n}LNqcY(Y^ZJvN$lF4D?o}PP^&Yn=#tmDugo=q~NLXJwS$Q;xoo>FJE$SA>;l>DqPCeZnCDU?~p%{({stS|1sVOmS=HjxQ8*4y{vOAYIv0oXN"
        "xt&F5yp{%G`0GD}7HmpQ5zrR)*Mz#PyW}87tpU5??c*2H*3mVEr_j@7KVvT|b#152mJfb313y%BIwH?qA5LqT)4NXS?&${`9GljyO1XJMNy%xI"
        "ST_Uuqm;D;RuH8G$)F!YSX2O%s4>Z499t2RSr&9t<{QtDGvnNiOLC0Rjf%nIfrr365tf$$qlyt;E?WV2ykyC<e;$9Xz)~82$^6O!lU<UV8PcFB"
        "_b-faX_^V-#Z)tc<BhLOGZ^u-<0l$Z5?-o*S{x<qgc6x!m8Ek)ggNZo<Yb3MBROj!d~WAUbE1=RQTf}?R`Vf;6COyN%}73VVZ958h+gq6sF*29"
        "n8@+~4>a^+pb{=0l3nVrmyCvg@+^pO5MCUx(VpT=O|Vbr!HM1QeF7Xe1D46+5-b_H%bhROj)?!EP{Q=DJp3L*dv62HRc9F)%hh*ag~>pz(9i2+"
        "hb`hO@Y?uKunIjvUn}1l?!7;9B{Jzl_Cyf%B@Yz6S)@a?g@`$ghEh`tR8p?9Z1AbFxvzA~bIy2OK!8V<jlQ>v4&1A8hyJYy-xGa7_1n{OxU79;"
        "a-HQ{_k=;^WEimaAhi*sqOzAj<|rU`5&B<XI;EJTm<E7?Up*lQD1b0-QiRJ<bP&`QEJ?&Kyu<JfuAziS(+ts<TUy)x(po1SS8u%mpi;C0E0&O;"
        "MUF{Wz4qx})dOSVU{CT^k9=>g>|Z>`2hwgNQS3R>iy0s2k~efT5_JT#rCME-dvQ_ifLFbosG5v(wt3v#&ku()C+=>!R%yqwg*3b-_E+Nf3`5Us"
        "Q)%C%dEmHi77zV+ZbMqtO#@v?MMU_c9EC><(C<y1`;sh|HBLqtFNbgrF`vo#aF}>sjrYhvNz7ESDxHKKF*%}<j+~a{vgM_$u46rYYV~$*2bN?&"
        "8fY#K&HT_K`uql(G9@5S4qbFSE|$L|5B>{Ce!xFIcog%v`;YIy^U#gLK79d6?*?uYo`_cu9}yo^Mtf#Y;;A<|JePs4`|Nx{+@Lu{_5`A>O;G9="
        "!WTu+T{gub_Ch+iMD_<KYmw@|^Np&=bLBzT!~&4u$IxW$YtrcGus7*>-x$1HB-lfpACErVv`B|mG1kCIIu~(!Nikm)(wIlvCBgfrEC*jw4p)Wl"
        "NsGp^C5KdzAx)<PC{krQRdk8RAlrUGoC3jYrDKkKtRoT24Mc1lA%K0AC>}Y@7Cr;jWR&o_-~7JpaI)!chdI5sRWL;!R02c3$=dL|DGC9v>f5Zy"
        "<}S`kZ-KA`?m_V>Pk^r#T6L2~Me-uF;B2=*lLvy{?_AJnE<XkQbiK`WML;Xg3(Te?&v+RnH`9+7cM2H@xaVF@E^vnIba@YduR029(e4YQ8&_d;"
        "&<0lBdIrTRr%m8x*Lrq->rbl~!M(}LGzd)BA2yM5og`1NzwGfKw|I*Fz(9U!JkpFwGe6+_C*c&a_lUq{KB<lzytxJl_PDgm*^OlziWR(6pRQx_"
        "0pfi_G^*^pbU_6QIZYJ}(N@ZpHzE=2b@?mRUEyHPM=ue*e>Ss;kI}?E0^SGO7rQy&OU~1S6xNNg2q+l$V@;g`NJ(6vbfZKF;`QmYW8l=W%gU$_"
        "b|r~9WHh;X4=wMwnL)HioISY3G8L_hq`QYpm=O{`)M|j1SQMf``J2(0t4Z)4*4R%7u>+HJ3bn~XJXLR82tN>@UT*-v_tHj3tmUVKAF;|5b8``a"
        "+I7GhENUR9c(U{-066N3tx)~I)IH6|-61P9CHK|(1(wUHr)tl=rbARKL;iN=3xd@u%s4Ooi&IB^&L#sNSEZ{S>mq`qRiDe#Ic9|m5L4!OclBUL"
        "^Rz1R;BwA>e1hVUYH=pQ2k~2CR%V|k*n4gty_~JvW)q5ZvDRAFyiBKBFl*_6!CuS$*Ak_?QD{r-UC)bb3;mUU;!>T@Uw7(+Dw5TH+)XL6P9qlC"
        "=sLZB0kMvkCmT7>M{HE~Rsz1EZ8Q{9gMe?>2F~g}kprU>KYg?V4o6e|#1N{im#rz~?e*pDmi6eC*}`jQRj@JX_hfL+H?iZYe!W4?*vahhk4|6H"
        "rEZ)_nN4K)bxRDX&&%8K%I9}N=5o^stRdG*`qA5Oh02U2X_}F)hEC3R0m;kk3YJ+i{xV0wykm&f%1#1c$0+XP@jRW_RZTufwBrkD2_memK!mvJ"
        "o;X;Vp^ux(_-t9x$>%?mPH5-+lx=s)Q%@f{Z0R+Ae8FNo0KvI1eJ3ToIR`|4{CUtOZT6Fp8cn$7_C)!yHFGpm{VEPnNszA>znz!VF@OYC)jOL%"
        "LqLUkI~KHd_Q&sTDk|d#qq6^$gSU{yhkZ!qm8&ekpOyU0r1~zm81XdO$Rxa%a4`617ODDpL_QVbUv0+6=IaXWW}tWos?#FmP%oe^i?PlY(Ub~B"
        "dic@4{SDyjSy;iB?lg+FH@g`2iLx$I<Qn;{<z%V=(>f5=e0awhLlj^)pkHDacjiQdS1N_zpI<fE6vw^z6wNesp~1He*VJSX#~o>9**pJzKW;XF"
        "{^Q4rX3dQgHga*q(Jb0FNvme|n<8Et)@uu<O<B&Nr|Vi==6sF{saQ+6*`FAOq_P_%jYAC_hvoURgszM`G)x{-RBoC5B%Ty@;a4_R0Ai!+=Iy|G"
        "SIE6hmkkd%9t#^acv~NzCglS^lrCfnm#Y;otjmq{=t&ypce>Er2rC<+uoUu^tz9VZPLpfk<jj@3d%6y4;VI{&6iAme`RUqRv|2K1j9}PansrA#"
        "qZb}TQ<b+1qoLwU8_3J0EK{}z>HC(_(%_$=WQxdEQDe*It?heJmW40q|32X6JDK>Nt<TceYR4W?NVY?-R4o+#v{FAq+uta@yj8KuFG(IykIgjA"
        "oK~5=&R7Lg`1DM`i^g+(dcuBF!{llVA|=*F{nJoKm(AbH8=%&Jz2Jw4%}%33bLGlOkqK^EW~mh2D_@85^m`Y(1TXa1iE*#gpwNc|90@}c{fCiA"
        "URM8&!sW6O7r^&sL&oy^0)XZ8;Dhti#2UqZjm(Mapo+<<&SD1D3*=Av;;(mjM-Bl=OA!24SV2LCiWq=#c32&m)`quL?wBb%(=Kfpo4#^|@e06V"
        "Rz#`}*C<&|AILsVRD|jy^(6`3oIiv+E9^VFx(s&ogNA5%^mhmx#05EoU6xCXMUH1700000rkR^Qc_uJP00F5VfJguU>;5K;vBYQl0ssI200dcD",
    ),
    "compressed directories": (
        "-zlz4hc -b512 --zD=1",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;4A+KZe0KXZ~g!Oqql$XO)($jm723!dWHKo;R&Ns>{{U%gFs^r0s~h?hcNE_d3t19h5VS|k(Ih0up!0s"
        "kvA~7z~1ia>3|m^#g9M&4BefP50|6nWZdINPQos+t!p8?R=Thsd{;pAeM^-y=$Mm)>>s~t{N+~Oi|Z}7xP)<1x|XdJ?`6hLe1!^$WW}`Op&F&m"
        "mj6qiD_ZGU>R{Ry6kyc2f-|mjh<;04wobsvL&JM;606&n7#$f6RM98x5#?T9w>OEwPF^bN56klpe+MF%Kcv#MI#pAL95;p$Zd3t&j8RO6HodJQ"
        "&ZC$%cPU`2c)9HK67+52xBBl+l$sD;p!%Q*S-1hHS1MPJbJhT9n=crYQt1lTJF=B$=c}N*m5Tglj^?9bU$%|lC;nU%FSm{6q7?<sC&GNTi$*T="
        "hQ3;>qLpZbv}Qfy*QPuUv>oupw2tI7ST-;VE)4bqP?E!RxD&kOr>amIJsJ;&>n!Ape|C`}tIlrKK$RY9aOL_?<qlG!&S3%)0>Iu)mSChAnP?N*"
        "J*6P}Pkyi<Gx0FVsE!sfCzl;kXSTpzKh>~C-fL5P6jE)1&a)h3b8X<_)fkf}lqk5Vr*7RSnYe2)VO&N<&2IL~L@BwDe!<8~`FEl_QR3_>A43X4"
        "L8Cr6lC|vcz(Vr|@1%hb!6Z5I!O=yqlTRQNJZCvk<z(>`HaFZ<Ae`buP}Qh#4b+aevnhPu1LBtB?*{h-@?x|$zi|@_b@<9<1{1f{`XEJS2la}d"
        "wPwz|rps;Szb1#Ji8B`Hktuy7n>byr#n$ywi)eac0%=okjIcXF{<I}=%YGfP<O0Ez2vatWoTj~1&sLbbB^(;3hLM?Cvp?9IMKu%}DHt-)#~a6-"
        "_2H)CnUra|;$U}9VB;JmcQdd4jh=eSc)j`6Ci4plA@R|5^C{w0O6QZ;UduIKrApnQ2VTkW&dKn1(dET(m0i#4{IW^N{#c#Pv%_tUH}4&@<oHG^"
        "_T)uq7C)K_Roe3ed-*{ZqjFny#$#jej?z7zT#+5ndmQ%^7xHF^wZc%(>tS^52ea(N$xTd9IndQGQtY3ow_JPm<-`i^$~kC%YSdTL!pWRoYn2?`"
        "t1mY-7R;EX;|2UoN4#=0nkFONw<<v#$*=te3w=HJe4vN)Y?@LL@AvySu0~f0jTb6@IAfg9!5^Hg<j{BPT6b7_;WA`O;m&z|!;{Hy+G{S7e@Llp"
        "_lm<h3ato4L*y#m_CM0^QUi;Ol#eNq1YzRx!`&j@G?B#f@ap}U{YxdlRwx17ZleciT_$4es3EfehfoiE#mti8fZG0o>`X^jb1&iL$K`FdvfcMV"
        "?D0wplii0Gl>8~2{E^1DvkIbP3+z;Ytn3Ss!ri5UPT>;(^2YLFKA&+k+XfVg2>a>vM6W%5^3|xf-Y^xp8QZd%VcxBw=w!uxDO@}Mt{>9%5{E8Q"
        "4}gb>>aup}iwD}$ZhGmLWftv7%?8#QSN7|}-l6+(r|M)B$L3JN_XOwsjU0Sa+B%<U0Un0+#W>exPzykPtIV+6(2|BoviA&0#=Sa)6R26KoRjRu"
        "xAEW${H#CVqJqaA*i3rhvhY_6OJly=^DCz2Kj``sX^96>#0Y+ma>c+>`hnZTDjS&(YQN@cjqumIiAhBd#Lc7m`@c|ks=q1S9e&>`>+@^Sl>HH&"
        "2MkSRd<!3gFff8>tDMwhy+;mYFAGua!yYtg#a)f#7>aIsw7*w&-M!Z@;HBLJh))t8$7<f>)8estLR~?;J@m%!;0p4<pBK|x94scX*LSve`1Dq8"
        "AREKR`_4ZUB;*LzncPb;#T#eQ+9(uWpKnSdXTaX6<)z~Y*<zF^DZh!*-6<6u%TXLeR0Raf9)8qHb11FD(KvEGyGfzC&r^?5CJ-3qF`Vygyw!Rh"
        "{!-uyx8G&Oejbg#yu#?dRf@2g_9`sf)w;liAV={H49j#+Fw9wPjvxE~(X~(WxbFQDd#ye$ovX1}oB^Hr^4jWyX~`<Aa)1z*2XO|lhlPApc0aA$"
        "eNaZ`LPn@XeO#b^FW8s)Pa(}PZ4E9`CLF3>`IXWGHi)n+fE4vNSX+fp%AgZvO30gTj#pC*SCFUL&DkyqrPSwdZOB(dP0pP2p)IR@i-(65egu{`"
        "&8?%av2Xi(GSTUQvPqDL${9YT)Lf9q1D{BO+iB{E9WE++D(-TD6j`X|jg79u&_c1Y)KHozpSgTb$=HNyRmsL#@?ct~E*gXW#rd#w%{?Bc#DJ#&"
        "g5fR|{FEjKIurayplK5yM9s#dZj=nIhT&K~tgRzp%+M+phw@3qN%s+P%v$8qp7}51x@Zwx8L{HhfY#$x+A106-yR_iN%%5QIp0*OC}*&Fwg<B-"
        "0=>`grK_>pdlXyY)8iPRVTc>LZFEoM2B(ls_h(n5X1+pq@bsgkzh;*Ut5N2iL53`o#chwe)a7h-?m{oP1c-R;3~7DBQqq4F=)9mW&jPwM?U-eH"
        "8T=~H9%z?Ayhttq^m8-|i^$4F0BBeAk53PtNr2#O6Do3r=q41-dXk_qkk3z`BP28Y0^X2&dE8V6ByejUccQ50EM)47&I)@8>nfGcikBKl`hB%<"
        "_}*5DBtDh~g$UsQ)~uk^%xw0Z9A8PY6>6S{M%YIxM3+MHHpQ>Y?Sq=K^;eRLb;}PPTakL21J_+l<UV^CoV)UKEC@>bU`~)*88OfU=02C~8DY>t"
        "dQpaUbck+Lcq@r_n~Bnr(1%LrAU97*jq&a?h%+aFHu;y@qNJWgB;K7g&}QCu-jWX5^7@nyRs{94l90fuylkDWjPAf1WHn)-7ytkOV0JAb#9KWq"
        "00D{-fLH(kVw4E3vBYQl0ssI200dcD",
    ),
    "48 bits": (
        "-b512 -E48bit",
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;A{T~O<e#0Z~g!Oqql$XO)($du^F#M{d;h;C;wWyvF*A)*wT<(iHmBF>5Cmqt;IvDvrIGUyHOVNBc)Qn"
        "s79u+Zm;XWSjS#f1QNP41o|TQ`v`*KUl#*2-7u`F4<CK48<XS?7Iwq&e%+35+}oYKkV9Y=MQ9#WUVPT>4w5LN(676|$?&Ia{&>l}h2?}j8g~ec"
        "_6+1%+ud)%6Li95SMdFY+RM>JTxsxD=Uh!lMM)Bi#jouUB~cR3$w4wBN7Kd$*CCiNAtK5eJp?5eBnfN{1o(REHKTR2If)18)s^KVhN2*HUO~!w"
        "K?!ldmwKAv?7!>+EHDjHa=V`$xz=708~g6Sr**s<&~IH;rwa~0i8oA=m!MuGm8imc0Y^4I8p;epJ!xMbc78f!5#G6QgqK=&r3>VQtagIu@=_^y"
        "XAwBSsv|{|l?DS83;4v{2C@t3^{YNxfpPV}gYNB}8T$pl>v2AgjPnfhSbun8X^nQ11;fFczHifS;|dltDaBN|sW&N~8KQgf%+1AqnqC;a&a(vx"
        "$O4M8A$80Tl6K6N3D0lhf1#G5Q9_uxThDiwu0mlhx*t&tR0M7pL_awf@q3II7A)mDAuHg#zYeRtG+&Cw(ygqRQ8{*Oa(c0N?cQb%<`9g)vxiG6"
        "d}?_&vQ=PO-z~nJcX8Nbts(}d?L~pOQ`qJlpsLz5bfTC!2Vt=QHpU8$dQINYaPkN`(*-EfY6STo=7Fr+mtx-;Zq9tD&9otMU!jj;_wX#@^Pv9S"
        "L)8M?VYG;-j51HRr`&ZXwx5YI7Ld8`nC~9AO3zTQ2Z&J*?W$mevbS5{&L?yrjfCT2-)d!lOsL&}T~gtR2C}}qj;2Rqk7;ACe+w}zXcdt0Y1oe)"
        "nE*5!pDsRdO8PU3g!T(S5G8GaKno6N@m)9oW2aos_GIHb@Ou6!5_qD8-?WoYvx+52XcBGTfwVzvY5alm`ex02F>6-et+<Sga5{`vJd}kliutYo"
        "%^IHO4xWo0xp`2bAukAqs-3U%i}74!WZQti?JC8Nm3664%nF%Q2;umZN&4?w3X=2+XmJ;g+V#cSQX_yfnot6qQ0QG!`bh!n2lSs2L@W3pmtHxp"
        "|LQIhCn0%f;8jQih79#Kz6(3<F%lay9UD95MM9ptXh0p5m{M$QF+ki5X-U~^Jsis$9QT9UGR{5er9UPY0r>!>0CuR*qS6<E>g_A<Vl9;d6Q*ya"
        "4;x=4DL@TbQhepMDyF44HwOuCem!?{pv}mK_&8T>_R-vBTpJY9XFqu%-nHSX%s!jFNxzk+o+K4E^&&=KrB|(&_X(dPI+oDxc?Ae}HhDfbVTpj$"
        "8DL+bLGbxrBwU~pRyS!!Fva_x$78#~HP3>52qCdPzfd+kG7f3_#Srx@KIn0qI>*u9iLc4dPRc(y%+hYi_xg(#L_Hm3aYCtq(S!_<R$`_xZ+v`n"
        "?bb+E#SaN7swsHJwjOJ;X|ILrJmTarFC1ZXN@^`;cvobAY#n|{yL!<%KTEi;OoRQ0Y2~+aRcav&(w*lx(A$8$oCTsWnM`xvppDJY(HT_xPNzBY"
        "w_#5=IEueSy=-X0{|9zuT)j<D+J`#YUN!rZanx@Qd4G$38gIFr0=*RNqK3W?90<mo8DglY=@%2}hVh~N1#~qp^^1n+dMeS?^rO&~%c)0v91b?q"
        "&d<!*Q$-=|6_`a%f7?4VJZGncUQMeL>dlEK1IVo8aC2@D<VWhvEOUhyA?(zD3AO1!dGX(7CP<(X-|6WTW8tS3aiqw*(JhIL80-+H{He!c4=>aj"
        "f6NuS=or_HI=PdA%|3Fo5plfd-9CpTI$%{YB)q)1Ws0s<NYuW3*Vo|+k^Sf{TZJgcNk%mqzM4rosu`X4QsM&w5P8HjJR7qnpfxz{<_Id(5eGbV"
        "<#KF3+@xAmWd@(51@S(ALG#FjGjlFgpj><J?({26KCG?iskqu*YN(AqM}{hlc0VvHfS`NgsGjjgBBZk3?nWr}*+&8r9W$YN6C9lqvNq#H`0+`W"
        "ACJ`9Xy2kUU2Fb!zJhYKjbNm`Un_;Y$=9J!;uID?o2q4eH6zEkmF1}nxXi+0?`FQi%z&0@>>(i~yGf9}$5gz5G^{QYH@L$LFXu|oi7bJVaSX76"
        "<|_-28t!EXFW=_WZeei(gtrK{KZ3wv|Ij+0swpeSTIeM%57AB>iIBG}BG)V}6Ji_BNnfUHBCTD`^kuv<K$AFvfvvN1GDh3$fKk;{_rCrb4+x6H"
        "sTF=i$B{?|brlL|rULOSRz9?XCtO{%AP?kS460ga+Fe1tZH9xwC3Ta%N^0EiI5gBpFCITbbQ*D{Z#jD_RT%n&Ve8Mxk|7M5`EhGN%IBx&2cY+~"
        "aZE7?SIG`U;{hWDd*y&j>$dzy-$=~HY1)>~eP5>SOTR91IG8vNjUcv`oYOpInSA#LUx0YNpX>x9hW}Wl&EfyAL9z$hwdj!tYckfKBEH`6%9B4^"
        "EuM46$msH3u4rh}>V|=IjEzahvvDce!!u}GvbEFvUzesgH_iekjbl6(M2uJ4*N0A%Q)S;4@}_iSoMQ~eOHde7ESA>ZaR$2eWsFl>o+mB_i=wRR"
        "OWt{hd|4nvD<Jb^P=@+e2;RRc`jjC58#~nP3x%`VXYAU@ZcV9B(QO)E(=$~|Jg6=5L+LuJJk<h`v$Bkg)L8MO&eiYXw<cOeJ{=^6n0adIi+%n@"
        "Jia8azSz7OU^?$~O2p9{EAoac+Pg8K*i-fIQ?!TfHz~*;t0(-Ph-T~Y00000bZg4M3<3SI00HR`fY<>5=jtZqvBYQl0ssI200dcD",
    ),
}
