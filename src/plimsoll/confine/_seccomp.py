"""Gives up system calls that reading an image never needs, by a filter program of the kernel's seccomp.

Sources: seccomp(2), prctl(2), clone(2) and the kernel's userspace documentation "Seccomp BPF"; the numbers of the calls
as the program `ausyscall` of Linux Audit lists them. What is given up fails with EPERM, so that a mistake of ours is
told as an error and does not end the process. The filter looks at the processor first: where another one's calls can be
made, as on x86-64 those of i386 and x32, none of them is let through.

The program runs on a structure of the call: number at 0, processor at 4, arguments of 8 bytes each from 16 on.
"""

from __future__ import annotations

import errno
import os
import struct
import sys

import msgspec

from plimsoll.confine._syscalls import PR_SET_SECCOMP, prctl


class Processor(msgspec.Struct, frozen=True):
    """What calls are named on one kind of processor."""

    audit: int
    """How the kernel names it to the filter."""
    column: int
    """Which of the two numbers of a call is its own."""
    foreign: int = 0
    """Numbers from here on belong to another way of calling; 0 when there is none."""


PROCESSORS = {"x86_64": Processor(0xC000003E, 0, 0x4000_0000), "aarch64": Processor(0xC00000B7, 1)}

_Numbers = tuple[int, int]
"""Numbers of a call on x86-64 and on 64-bit ARM; -1 where it does not exist."""

GIVEN_UP: dict[str, _Numbers] = {
    # The network.
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "recvfrom": (45, 207), "recvmsg": (47, 212), "recvmmsg": (299, 243), "setsockopt": (54, 208),
    # New programs and processes; clone is looked at closer.
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, -1), "vfork": (58, -1),
    # Other processes; kill, tgkill and prlimit64 are looked at closer.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "tkill": (200, 130), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "migrate_pages": (256, 238), "move_pages": (279, 239),
    # What the file systems look like.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "move_mount": (429, 429),
    "open_tree": (428, 428), "mount_setattr": (442, 442), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "mknod": (133, -1), "mknodat": (259, 33), "unshare": (272, 97),
    "setns": (308, 268),
    # What is at a path but for new files: who may, when, how long, where it is.
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1),
    "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1),
    "futimesat": (261, -1), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "truncate": (76, 45), "unlink": (87, -1), "unlinkat": (263, 35), "rename": (82, -1), "renameat": (264, 38),
    "renameat2": (316, 276), "rmdir": (84, -1), "link": (86, -1), "linkat": (265, 37),
    # Doors into the kernel that have been broken open most.
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "fanotify_init": (300, 262),
    # The machine.
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "syslog": (103, 116), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171), "sethostname": (170, 161),
    "setdomainname": (171, 162), "personality": (135, 92), "vhangup": (153, 58), "iopl": (172, -1),
    "ioperm": (173, -1), "modify_ldt": (154, -1),
}  # fmt: skip

CHANGES: dict[str, _Numbers] = {
    "mkdir": (83, -1), "mkdirat": (258, 34), "symlink": (88, -1), "symlinkat": (266, 36), "creat": (85, -1),
}  # fmt: skip
"""What is given up besides by who may write nothing; opening files is looked at closer."""

_OPENS: tuple[tuple[_Numbers, int], ...] = (((2, -1), 1), ((257, 56), 2))
"""Numbers of the calls that open files, and which of their arguments has the flags."""

_OPEN2: _Numbers = (437, 437)
_CLONE: _Numbers = (56, 220)
_CLONE3: _Numbers = (435, 435)
_KILLS: tuple[_Numbers, ...] = ((62, 129), (234, 131))
_LIMITS: _Numbers = (302, 261)
_CONTROL: _Numbers = (16, 29)
_TERMINAL_INPUT = (0x5412, 0x541C)
"""Control calls that type into a terminal on behalf of its user."""

_TO_CHANGE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_THREAD = 0x0001_0000
_ALLOW = 0x7FFF_0000
_REFUSE = 0x0005_0000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _PROCESSOR, _ARGUMENTS = 0, 4, 16
_FILTER_MODE = 2

_Step = tuple[int, int, int, int]
"""Code, steps to skip when true, steps to skip when false, number."""


def restrict(may_write: bool = False) -> tuple[str, ...]:
    """Give up the calls for good; give the wall that stands now.

    Needs a process of one thread that has given up new privileges; raise OSError when the kernel has no seccomp or the
    processor is one that we have no numbers for.
    """
    processor = PROCESSORS.get(os.uname().machine)
    if processor is None or sys.byteorder != "little" or sys.maxsize < 1 << 32:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    import ctypes

    steps = b"".join(struct.pack("=HBBI", *step) for step in make_program(processor, os.getpid(), may_write))
    program = ctypes.create_string_buffer(steps, len(steps))
    head = struct.pack("@HP", len(steps) // 8, ctypes.addressof(program))
    prctl(PR_SET_SECCOMP, _FILTER_MODE, head)
    return ("seccomp",)


def make_program(processor: Processor, process: int, may_write: bool = False) -> list[_Step]:
    """Write the filter for a process: it may have threads, and send signals and set limits to itself alone."""
    column = processor.column
    steps: list[_Step] = [(_LOAD, 0, 0, _PROCESSOR), (_IF_EQUAL, 1, 0, processor.audit), _refuse(errno.EPERM)]
    steps.append((_LOAD, 0, 0, _NUMBER))
    if processor.foreign:
        steps += [(_IF_AT_LEAST, 0, 1, processor.foreign), _refuse(errno.EPERM)]
    # NOTE: what these are asked for lies where a filter cannot look; told that there are none, libraries take others.
    for numbers in (_CLONE3, _OPEN2):
        steps += _on(numbers[column], [_refuse(errno.ENOSYS)])
    for numbers in (GIVEN_UP if may_write else GIVEN_UP | CHANGES).values():
        steps += _on(numbers[column], [_refuse(errno.EPERM)])
    for numbers, flags in () if may_write else _OPENS:
        steps += _on(numbers[column], _unless(flags, [(_IF_ANY_BIT, _TO_CHANGE)]))
    steps += _on(_CLONE[column], _only_if(0, [(_IF_ANY_BIT, _THREAD)]))
    for numbers in _KILLS:
        steps += _on(numbers[column], _only_if(0, [(_IF_EQUAL, process)]))
    steps += _on(_LIMITS[column], _only_if(0, [(_IF_EQUAL, process), (_IF_EQUAL, 0)]))
    steps += _on(_CONTROL[column], _unless(1, [(_IF_EQUAL, request) for request in _TERMINAL_INPUT]))
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _refuse(error: int) -> _Step:
    return (_RETURN, 0, 0, _REFUSE | error)


def _on(number: int, then: list[_Step]) -> list[_Step]:
    """Do steps that return for one call, and skip them for any other; none when the processor does not have it."""
    return [(_IF_EQUAL, 0, len(then), number), *then] if number >= 0 else []


def _only_if(argument: int, tests: list[tuple[int, int]]) -> list[_Step]:
    """Let a call through when the lower half of an argument passes one of the tests."""
    return _tested(argument, tests, (_RETURN, 0, 0, _ALLOW), _refuse(errno.EPERM))


def _unless(argument: int, tests: list[tuple[int, int]]) -> list[_Step]:
    """Let a call through when the lower half of an argument passes none of the tests."""
    return _tested(argument, tests, _refuse(errno.EPERM), (_RETURN, 0, 0, _ALLOW))


def _tested(argument: int, tests: list[tuple[int, int]], when_true: _Step, when_false: _Step) -> list[_Step]:
    steps: list[_Step] = [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument)]
    for test, value in tests:
        steps += [(test, 0, 1, value), when_true]
    return [*steps, when_false]
