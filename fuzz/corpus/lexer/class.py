class A(B):
    x : int
    y = 3
    __slots__ = ["a"]
    def f(self, x: __torch__.A) -> Tensor:
        self.x = x.y
        return self.forward__1(x)
