/// Node kinds that the compiler and the interpreter know by themselves (ir.md section 5): prim::If is kinds::if_.
#pragma once
#include "ir/symbol.h"

namespace rushlight::ir::kinds {
//    C++ name, text
#define RUSHLIGHT_FORALL_KINDS(_)                         \
  _(param, "prim::Param")                                 \
  _(return_, "prim::Return")                              \
  _(constant, "prim::Constant")                           \
  _(uninitialized, "prim::Uninitialized")                 \
  _(if_, "prim::If")                                      \
  _(loop, "prim::Loop")                                   \
  _(tuple_construct, "prim::TupleConstruct")              \
  _(tuple_unpack, "prim::TupleUnpack")                    \
  _(tuple_index, "prim::TupleIndex")                      \
  _(tuple_slice, "prim::TupleSlice")                      \
  _(list_construct, "prim::ListConstruct")                \
  _(list_unpack, "prim::ListUnpack")                      \
  _(dict_construct, "prim::DictConstruct")                \
  _(create_object, "prim::CreateObject")                  \
  _(get_attr, "prim::GetAttr")                            \
  _(set_attr, "prim::SetAttr")                            \
  _(call_function, "prim::CallFunction")                  \
  _(call_method, "prim::CallMethod")                      \
  _(fork, "prim::fork")                                   \
  _(awaitable, "prim::awaitable")                         \
  _(closure, "prim::Closure")                             \
  _(enter, "prim::Enter")                                 \
  _(exit, "prim::Exit")                                   \
  _(isinstance, "prim::isinstance")                       \
  _(unchecked_cast, "prim::unchecked_cast")               \
  _(tolist, "prim::tolist")                               \
  _(python_op, "prim::PythonOp")                          \
  _(print, "prim::Print")                                 \
  _(warn, "aten::warn")                                   \
  _(raise_exception, "prim::RaiseException")              \
  _(module_container_index, "prim::ModuleContainerIndex") \
  _(load, "prim::Load")                                   \
  _(store, "prim::Store")                                 \
  _(return_stmt, "prim::ReturnStmt")                      \
  _(break_stmt, "prim::BreakStmt")                        \
  _(continue_stmt, "prim::ContinueStmt")                  \
  _(loop_continuation, "prim::LoopContinuation")          \
  _(with, "prim::With")                                   \
  _(comprehension_scope, "prim::ComprehensionScope")      \
  _(empty_list_literal, "prim::EmptyListLiteral")         \
  _(traced_module_forward, "prim::TracedModuleForward")   \
  _(traced_attr, "prim::TracedAttr")                      \
  _(traced_fork, "prim::TracedFork")                      \
  _(differentiable_graph, "prim::DifferentiableGraph")    \
  _(num_to_tensor, "prim::NumToTensor")                   \
  _(drop, "prim::Drop")
#define RUSHLIGHT_KIND(name, text) inline const Symbol name = Symbol::intern(text);
RUSHLIGHT_FORALL_KINDS(RUSHLIGHT_KIND)
#undef RUSHLIGHT_KIND
}  // namespace rushlight::ir::kinds

/// Names of attributes that the IR itself gives a meaning.
namespace rushlight::ir::attributes {
inline const Symbol value = Symbol::intern("value");        ///< of a constant
inline const Symbol name = Symbol::intern("name");          ///< of an attribute, a method, a function constant
inline const Symbol subgraph = Symbol::intern("Subgraph");  ///< body of prim::fork and other nodes that hold a graph
inline const Symbol warn_id = Symbol::intern("warn_id");    ///< of aten::warn: tells the statements of a process apart
inline const Symbol types = Symbol::intern("types");        ///< of prim::isinstance
inline const Symbol pyname = Symbol::intern("pyname");      ///< prim::PythonOp: name of the Python callable
inline const Symbol scalars = Symbol::intern("scalars");    ///< prim::PythonOp: text of its constant arguments
inline const Symbol callable = Symbol::intern("callable");  ///< prim::PythonOp: the Python callable itself
}  // namespace rushlight::ir::attributes
