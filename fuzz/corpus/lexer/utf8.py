def f(é: int) -> str:
    # ünïcödé
    return "日本\u2028" + chr(é)
