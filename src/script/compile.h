/// Programs to functions: the entry of this layer. Bodies are compiled when they are first needed, so functions may
/// call each other in any order.
#pragma once
#include "lang/parser.h"
#include "script/function_template.h"
#include "script/resolver.h"

namespace rushlight::script {

/// What a function with a `self` is to its class: hooks are called like functions, and their class lists them apart.
enum class Membership : uint8_t { method, hook };
/// `gathered`: the shape of what parameters without annotation gather, for which it is compiled.
/// Declares `def` as `qualified_name`; with `self`, its first parameter is an object of that class. Throws what the
/// compilation throws, at first use.
ir::GraphFunction* declare(ir::CompilationUnit& unit, const std::string& qualified_name,
                           std::shared_ptr<const lang::Def> def, std::shared_ptr<Resolver> resolver,
                           Ref<ClassType> self = nullptr, Membership membership = Membership::method,
                           std::shared_ptr<const GatheredTypes> gathered = nullptr);
/// All functions of a text, as `torch.jit.CompilationUnit(text)` defines them; compiles them at once. On an error
/// nothing is defined.
std::vector<ir::GraphFunction*> define(ir::CompilationUnit& unit, const std::string& text,
                                       std::shared_ptr<Resolver> resolver, const std::string& prefix = "__torch__");

/// The schema of a method that an interface declares: everything annotated, `pass` as its body.
Schema interface_method(const lang::Def& def, const TypePtr& interface, std::shared_ptr<Resolver> resolver);

/// Loads and stores to SSA form; loop conditions to their places.
void convert_to_ssa(ir::Graph& graph);
/// return (and what leaves loops) to data flow.
void transform_exits(ir::Graph& graph);

}  // namespace rushlight::script
