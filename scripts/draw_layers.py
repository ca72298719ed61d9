#!/usr/bin/env python3
"""Draws docs/layers.svg from the rushlight_layer calls in CMakeLists.txt. A layer stands above those that it uses."""
from lint import ROOT, named_layers

WIDTH, HEIGHT, GAP_X, GAP_Y = 110, 34, 30, 46


def main():
    direct = named_layers("DEPENDS")
    level = {}
    for name, depends in direct.items():
        level[name] = 1 + max((level[d] for d in depends), default=-1)
    rows = {}
    for name in direct:
        rows.setdefault(level[name], []).append(name)
    widest = max(len(row) for row in rows.values())
    width, height = widest * (WIDTH + GAP_X) + GAP_X, len(rows) * (HEIGHT + GAP_Y) + GAP_Y
    place = {}
    for row, names in rows.items():
        left = (width - len(names) * (WIDTH + GAP_X) + GAP_X) // 2
        for column, name in enumerate(names):
            place[name] = (left + column * (WIDTH + GAP_X), height - (row + 1) * (HEIGHT + GAP_Y))
    lines, boxes = [], []
    for name, depends in direct.items():
        x, y = place[name]
        boxes.append(f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#fff4d6" stroke="#8a6d1f"/>'
                     f'<text x="{x + WIDTH // 2}" y="{y + 22}" text-anchor="middle">{name}</text>')
        for other in depends:
            ox, oy = place[other]
            lines.append(f'<line x1="{x + WIDTH // 2}" y1="{y + HEIGHT}" x2="{ox + WIDTH // 2}" y2="{oy}" stroke="#999"/>')
    style = 'font-family="monospace" font-size="14"'
    (ROOT / "docs" / "layers.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {style}>\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(lines + boxes) + "\n</svg>\n")


if __name__ == "__main__":
    main()
