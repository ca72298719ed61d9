def f(x: List[Optional[Dict[str, Tuple[int, ...]]]], y: "Optional[\"int\"]" = None, z: 3 = [], w: Union = (), v: List = {}, u: int[] = 1) -> Tuple[()]: pass
