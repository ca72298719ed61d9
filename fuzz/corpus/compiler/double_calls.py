def f(x: int) -> int:
    return x + 1
def f0(x: int) -> int:
    return f(x) + f(x)
def f1(x: int) -> int:
    return f0(x) + f0(x)
def f2(x: int) -> int:
    return f1(x) + f1(x)
def f3(x: int) -> int:
    return f2(x) + f2(x)
def f4(x: int) -> int:
    return f3(x) + f3(x)
def f5(x: int) -> int:
    return f4(x) + f4(x)
def f6(x: int) -> int:
    return f5(x) + f5(x)
def f7(x: int) -> int:
    return f6(x) + f6(x)
def f8(x: int) -> int:
    return f7(x) + f7(x)
def f9(x: int) -> int:
    return f8(x) + f8(x)
def f10(x: int) -> int:
    return f9(x) + f9(x)
def f11(x: int) -> int:
    return f10(x) + f10(x)
def f12(x: int) -> int:
    return f11(x) + f11(x)
def f13(x: int) -> int:
    return f12(x) + f12(x)
def f14(x: int) -> int:
    return f13(x) + f13(x)
def f15(x: int) -> int:
    return f14(x) + f14(x)
def f16(x: int) -> int:
    return f15(x) + f15(x)
def f17(x: int) -> int:
    return f16(x) + f16(x)
def f18(x: int) -> int:
    return f17(x) + f17(x)
def f19(x: int) -> int:
    return f18(x) + f18(x)
def f20(x: int) -> int:
    return f19(x) + f19(x)
def f21(x: int) -> int:
    return f20(x) + f20(x)
def f22(x: int) -> int:
    return f21(x) + f21(x)
def f23(x: int) -> int:
    return f22(x) + f22(x)
def f24(x: int) -> int:
    return f23(x) + f23(x)
def f25(x: int) -> int:
    return f24(x) + f24(x)
def f26(x: int) -> int:
    return f25(x) + f25(x)
def f27(x: int) -> int:
    return f26(x) + f26(x)
def f28(x: int) -> int:
    return f27(x) + f27(x)
def f29(x: int) -> int:
    return f28(x) + f28(x)
def f30(x: int) -> int:
    return f29(x) + f29(x)
def f31(x: int) -> int:
    return f30(x) + f30(x)
def f32(x: int) -> int:
    return f31(x) + f31(x)
def f33(x: int) -> int:
    return f32(x) + f32(x)
def f34(x: int) -> int:
    return f33(x) + f33(x)
def f35(x: int) -> int:
    return f34(x) + f34(x)
def f36(x: int) -> int:
    return f35(x) + f35(x)
def f37(x: int) -> int:
    return f36(x) + f36(x)
def f38(x: int) -> int:
    return f37(x) + f37(x)
def f39(x: int) -> int:
    return f38(x) + f38(x)
def f40(x: int) -> int:
    return f39(x) + f39(x)
def f41(x: int) -> int:
    return f40(x) + f40(x)
def f42(x: int) -> int:
    return f41(x) + f41(x)
def f43(x: int) -> int:
    return f42(x) + f42(x)
def f44(x: int) -> int:
    return f43(x) + f43(x)
def f45(x: int) -> int:
    return f44(x) + f44(x)
def f46(x: int) -> int:
    return f45(x) + f45(x)
def f47(x: int) -> int:
    return f46(x) + f46(x)
def f48(x: int) -> int:
    return f47(x) + f47(x)
def f49(x: int) -> int:
    return f48(x) + f48(x)
def f50(x: int) -> int:
    return f49(x) + f49(x)
def f51(x: int) -> int:
    return f50(x) + f50(x)
def f52(x: int) -> int:
    return f51(x) + f51(x)
def f53(x: int) -> int:
    return f52(x) + f52(x)
def f54(x: int) -> int:
    return f53(x) + f53(x)
def f55(x: int) -> int:
    return f54(x) + f54(x)
def f56(x: int) -> int:
    return f55(x) + f55(x)
def f57(x: int) -> int:
    return f56(x) + f56(x)
def f58(x: int) -> int:
    return f57(x) + f57(x)
def f59(x: int) -> int:
    return f58(x) + f58(x)
