/// Tensors: everything in `at`.
#pragma once
#include "ATen/Context.h"
#include "ATen/Dispatch.h"
#include "ATen/Functions.h"
#include "ATen/TensorIndexing.h"
#include "ATen/TensorOperators.h"
#include "ATen/core/ivalue.h"
#include "c10/core/GradMode.h"
#include "c10/macros/Macros.h"
#include "c10/util/Optional.h"
