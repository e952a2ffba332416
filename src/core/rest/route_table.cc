#include "core/rest/route_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/rest/uri.h"

namespace nsl::rest {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

// "/v1/secrets/a" -> "v1", "secrets", "a"; false for a path that does not start with "/" or is
// deeper than any template.
bool split(std::string_view path, std::vector<std::string_view>& segments) {
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  while (true) {
    if (segments.size() == static_cast<std::size_t>(limits::kPathSegmentsMax)) return false;
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

std::unexpected<Error> declared_wrongly(const MethodDescriptor& method, std::string_view what) {
  return fail(Code::invalid_configuration,
              fmt::format("{}: its option nsl.v1.operation {}", method.full_name(), what));
}

bool is_text(const FieldDescriptor& field) {
  return !field.is_repeated() && (field.type() == FieldDescriptor::TYPE_STRING ||
                                  field.type() == FieldDescriptor::TYPE_BYTES);
}

// A list of nsl.v1.HttpHeader.
bool is_header_list(const FieldDescriptor* field) {
  return field != nullptr && field->is_repeated() &&
         field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type()->full_name() == "nsl.v1.HttpHeader";
}

Result<void> find_exchange_fields(const MethodDescriptor& method, Route& route) {
  if (!route.is_exchange()) return {};
  route.exchange = {.request_headers = method.input_type()->FindFieldByName("headers"),
                    .reply_headers = method.output_type()->FindFieldByName("headers"),
                    .reply_status = method.output_type()->FindFieldByName("status")};
  const bool is_whole = is_header_list(route.exchange.request_headers) &&
                        is_header_list(route.exchange.reply_headers) &&
                        route.exchange.reply_status != nullptr &&
                        route.exchange.reply_status->type() == FieldDescriptor::TYPE_UINT32 &&
                        route.raw_body != nullptr && route.raw_reply != nullptr;
  if (is_whole) return {};
  return declared_wrongly(method, "is raw_http without headers, status, raw_body and raw_reply");
}

}  // namespace

int Route::success_status() const {
  return operation.success_status() == 0 ? 200 : static_cast<int>(operation.success_status());
}

Result<RouteTable> RouteTable::make(const std::vector<const FileDescriptor*>& files) {
  RouteTable table;
  for (const FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const MethodDescriptor& method = *file->service(s)->method(m);
        if (!method.options().HasExtension(v1::operation)) continue;
        NSL_TRY_VOID(table.add(method));
      }
    }
  }
  return table;
}

Result<void> RouteTable::add(const MethodDescriptor& method) {
  auto route = std::make_unique<Route>();
  route->method = &method;
  route->operation = method.options().GetExtension(v1::operation);
  const std::string& declared = route->operation.route();
  const std::size_t space = std::min(declared.find(' '), declared.size());
  route->verb = declared.substr(0, space);
  route->path_template = declared.substr(std::min(space + 1, declared.size()));
  route->connect_path = fmt::format("/{}/{}", method.service()->full_name(), method.name());
  constexpr std::string_view kVerbs[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  if (std::ranges::find(kVerbs, route->verb) == std::end(kVerbs)) {
    return declared_wrongly(method, "has a route with an unknown HTTP method");
  }
  Segments segments;
  if (!split(route->path_template, segments)) return declared_wrongly(method, "has no path");
  Node* node = root_.get();
  for (const std::string_view segment : segments) {
    NSL_TRY(node, add_segment(*node, segment, *route));
  }
  const auto& operation = route->operation;
  if (!operation.raw_body().empty()) {
    route->raw_body = method.input_type()->FindFieldByName(operation.raw_body());
    if (route->raw_body == nullptr || !is_text(*route->raw_body) || !route->has_body()) {
      return declared_wrongly(method, "names a raw_body that cannot take one");
    }
  }
  if (!operation.raw_reply().empty()) {
    route->raw_reply = method.output_type()->FindFieldByName(operation.raw_reply());
    if (route->raw_reply == nullptr || !is_text(*route->raw_reply)) {
      return declared_wrongly(method, "names a raw_reply that is no text or bytes field");
    }
  }
  NSL_TRY_VOID(find_exchange_fields(method, *route));
  if (!node->routes.emplace(route->verb, route.get()).second) {
    return declared_wrongly(method, "has the route of another operation");
  }
  by_connect_path_.emplace(route->connect_path, route.get());
  routes_.push_back(std::move(route));
  return {};
}

Result<RouteTable::Node*> RouteTable::add_segment(Node& parent, std::string_view segment,
                                                  Route& route) {
  const auto child = [](std::unique_ptr<Node>& place) {
    if (place == nullptr) place = std::make_unique<Node>();
    return place.get();
  };
  if (!segment.starts_with('{')) {
    if (segment.empty() || segment.find_first_of("{}%") != std::string_view::npos) {
      return declared_wrongly(*route.method, "has a malformed path");
    }
    return child(parent.literals[std::string(segment)]);
  }
  const std::size_t close = segment.find('}');
  if (close == std::string_view::npos) {
    return declared_wrongly(*route.method, "has an unclosed brace");
  }
  const FieldDescriptor* field =
      route.method->input_type()->FindFieldByName(std::string(segment.substr(1, close - 1)));
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return declared_wrongly(*route.method, "has a path field that the request does not have");
  }
  route.path_fields.push_back(field);
  const std::string_view suffix = segment.substr(close + 1);
  if (suffix.empty()) return child(parent.field);
  if (!suffix.starts_with(':')) {
    return declared_wrongly(*route.method, "has text after a brace that is no :verb");
  }
  for (Suffixed& other : parent.suffixed) {
    if (other.suffix == suffix) return other.node.get();
  }
  parent.suffixed.push_back({std::string(suffix), std::make_unique<Node>()});
  return parent.suffixed.back().node.get();
}

const RouteTable::Node* RouteTable::find(const Node& node, const Segments& segments,
                                         std::size_t index, Segments& values) {
  if (index == segments.size()) return node.routes.empty() ? nullptr : &node;
  const std::string_view segment = segments[index];
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    if (const Node* found = find(*literal->second, segments, index + 1, values)) return found;
  }
  const auto take = [&](const Node& next, std::string_view value) -> const Node* {
    if (value.empty()) return nullptr;
    values.push_back(value);
    const Node* found = find(next, segments, index + 1, values);
    if (found == nullptr) values.pop_back();
    return found;
  };
  for (const Suffixed& option : node.suffixed) {
    if (!segment.ends_with(option.suffix)) continue;
    const auto value = segment.substr(0, segment.size() - option.suffix.size());
    if (const Node* found = take(*option.node, value)) return found;
  }
  return node.field == nullptr ? nullptr : take(*node.field, segment);
}

RouteMatch RouteTable::match(std::string_view verb, std::string_view path) const {
  Segments segments;
  Segments raw_values;
  if (!split(path, segments)) return {};
  const Node* node = find(*root_, segments, 0, raw_values);
  if (node == nullptr) return {};
  const auto entry = node->routes.find(verb == "HEAD" ? "GET" : verb);
  if (entry == node->routes.end()) {
    RouteMatch match{.outcome = RouteMatch::Outcome::other_methods};
    for (const auto& [other, route] : node->routes) {
      match.allow += match.allow.empty() ? other : ", " + other;
      if (other == "GET") match.allow += ", HEAD";
    }
    return match;
  }
  RouteMatch match{.outcome = RouteMatch::Outcome::found, .route = entry->second};
  NSL_ASSERT(raw_values.size() == match.route->path_fields.size());
  for (const std::string_view raw : raw_values) {
    auto value = decode_percent(raw);
    if (!value.has_value()) return {.outcome = RouteMatch::Outcome::malformed};
    match.path_values.push_back(std::move(*value));
  }
  return match;
}

const Route* RouteTable::find_connect(std::string_view path) const {
  const auto entry = by_connect_path_.find(path);
  return entry == by_connect_path_.end() ? nullptr : entry->second;
}

}  // namespace nsl::rest
