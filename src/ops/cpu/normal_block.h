/// Sixteen uniform numbers to sixteen normal ones, in place (Box and Muller 1958), as PyTorch's vector kernels compute
/// them.
#pragma once

namespace rushlight::cpu {

/// Numbers 0..7 give the radius, 8..15 the angle. In float the logarithm, sine and cosine are the single-precision
/// polynomials of Cephes (Moshier), in double the C library's functions.
void normal_block(float* values, float mean, float std);
void normal_block(double* values, double mean, double std);

}  // namespace rushlight::cpu
