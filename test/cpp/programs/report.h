// Prints what an expression throws, without the parts that differ from machine to machine.
#pragma once
#include <ATen/ATen.h>

#include <iostream>
#include <regex>
#include <typeinfo>

template <class Fn>
void report(const char* what, Fn fn) {
  const auto text = [](std::string message) {
    message = std::regex_replace(message, std::regex("at \"[^\"]*\":[0-9]+"), "at FILE");
    message = std::regex_replace(message, std::regex(" \\(of Python compilation unit at: [0-9a-fx]+\\)"), "");
    return message;
  };
  std::cout << what << ": ";
  try {
    fn();
    std::cout << "no error\n";
  } catch (const c10::IndexError& e) {
    std::cout << "c10::IndexError: " << text(e.msg()) << '\n';
  } catch (const c10::ValueError& e) {
    std::cout << "c10::ValueError: " << text(e.msg()) << '\n';
  } catch (const c10::Error& e) {
    std::cout << "c10::Error: " << text(e.what_without_backtrace()) << '\n';
  } catch (const std::runtime_error& e) {
    std::cout << "std::runtime_error: " << text(e.what()) << '\n';
  } catch (const std::exception& e) {
    std::cout << "std::exception: " << text(e.what()) << '\n';
  }
}
