"""Five bodies that attract each other: floats in lists."""
import math
from typing import List


def nbody(steps: int) -> float:
    x: List[float] = [0.0, 4.84143144246472090, 8.34336671824457987, 12.8943695621391310, 15.3796971148509165]
    y: List[float] = [0.0, -1.16032004402742839, 4.12479856412430479, -15.1111514016986312, -25.9193146099879641]
    z: List[float] = [0.0, -0.103622044471123109, -0.403523417114321381, -0.223307578892655734, 0.179258772950371181]
    vx: List[float] = [0.0, 0.606326392995832, -1.01077434617879236, 1.08279100644153536, 0.979090732243897976]
    vy: List[float] = [0.0, 2.81198684491626016, 1.82566237123041186, 0.868713018169608219, 0.594698998647676169]
    vz: List[float] = [0.0, -0.02521836165988763, 0.008415761376584154, -0.010832637401363636, -0.034755955550407810]
    mass: List[float] = [39.4784176043574320, 0.03769367487038949, 0.011286326131968767, 0.0017237240570597112, 0.002033686869924631]
    dt = 0.01
    for _ in range(steps):
        for i in range(5):
            for j in range(i + 1, 5):
                dx = x[i] - x[j]
                dy = y[i] - y[j]
                dz = z[i] - z[j]
                square = dx * dx + dy * dy + dz * dz
                pull = dt / (square * math.sqrt(square))
                vx[i] -= dx * mass[j] * pull
                vy[i] -= dy * mass[j] * pull
                vz[i] -= dz * mass[j] * pull
                vx[j] += dx * mass[i] * pull
                vy[j] += dy * mass[i] * pull
                vz[j] += dz * mass[i] * pull
        for i in range(5):
            x[i] += dt * vx[i]
            y[i] += dt * vy[i]
            z[i] += dt * vz[i]
    energy = 0.0
    for i in range(5):
        energy += 0.5 * mass[i] * (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i])
    return energy


ENTRY = nbody
ARGUMENTS = (5_000,)
