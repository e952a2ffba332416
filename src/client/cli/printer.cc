#include "client/cli/printer.h"

#include <google/protobuf/message.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/rest/json_printer.h"

namespace nsl::client::cli {
namespace {

using Row = std::vector<std::string>;

// Text from the service must not move the cursor or forge lines of a terminal.
std::string printable(std::string text) {
  for (char& letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 || code == 0x7f) letter = ' ';
  }
  return text;
}

std::string to_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return printable(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "yes" : "no";
  std::string joined;
  const auto add = [&joined](const std::string& part, std::string_view between) {
    if (!joined.empty()) joined += between;
    joined += part;
  };
  if (const auto* object = std::get_if<Object>(&value.data)) {
    for (const Field& field : *object) add(field.name + "=" + to_text(field.value), " ");
  } else {
    for (const Value& entry : std::get<List>(value.data)) add(to_text(entry), ", ");
  }
  return joined;
}

struct Table {
  std::string name;
  const List* items;
};

// "limits.wall_ms" for nested objects, one line each; lists of objects become tables below.
void flatten(const Object& object, const std::string& prefix, std::vector<Row>& rows,
             std::vector<Table>& tables) {
  for (const Field& field : object) {
    const auto* list = std::get_if<List>(&field.value.data);
    if (const auto* nested = std::get_if<Object>(&field.value.data)) {
      flatten(*nested, prefix + field.name + ".", rows, tables);
    } else if (list != nullptr && !list->empty() &&
               std::holds_alternative<Object>(list->front().data)) {
      tables.push_back({prefix + field.name, list});
    } else {
      rows.push_back({prefix + field.name, to_text(field.value)});
    }
  }
}

// Every name that an item has, in the order they first appear.
std::vector<std::string> columns_of(const List& items) {
  std::vector<std::string> columns;
  for (const Value& item : items) {
    for (const Field& field : std::get<Object>(item.data)) {
      if (std::find(columns.begin(), columns.end(), field.name) == columns.end()) {
        columns.push_back(field.name);
      }
    }
  }
  return columns;
}

void print_rows(std::ostream& out, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

std::string find_text(const Object& object, const std::string& name) {
  const auto found = std::find_if(object.begin(), object.end(),
                                  [&name](const Field& field) { return field.name == name; });
  return found == object.end() ? std::string() : to_text(found->value);
}

void print_table(std::ostream& out, const List& items, const std::vector<std::string>& columns) {
  std::vector<Row> rows;
  Row& head = rows.emplace_back();
  for (std::string title : columns) {
    std::transform(title.begin(), title.end(), title.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    head.push_back(std::move(title));
  }
  for (const Value& item : items) {
    Row& row = rows.emplace_back();
    for (const std::string& column : columns) {
      row.push_back(find_text(std::get<Object>(item.data), column));
    }
  }
  print_rows(out, rows);
}

}  // namespace

void Printer::answer(const Object& object) {
  if (format_ == Format::json) {
    answers_ << to_json(object) << '\n';
    return;
  }
  std::vector<Row> rows;
  std::vector<Table> tables;
  flatten(object, "", rows, tables);
  print_rows(answers_, rows);
  for (const Table& table : tables) {
    answers_ << '\n' << table.name << ":\n";
    print_table(answers_, *table.items, columns_of(*table.items));
  }
}

void Printer::answer(const google::protobuf::Message& message,
                     const std::vector<std::string>& columns) {
  if (format_ == Format::json) {
    const auto json = rest::print_json(message);
    // Its strings came out of a parsed message, which checks that they are UTF-8.
    NSL_ASSERT(json.has_value());
    answers_ << *json << '\n';
    return;
  }
  const Object object = to_object(message);
  if (columns.empty()) return answer(object);
  const auto items = std::find_if(object.begin(), object.end(),
                                  [](const Field& field) { return field.name == "items"; });
  if (items == object.end()) return say("none");
  print_table(answers_, std::get<List>(items->value.data), columns);
  const std::string cursor = find_text(object, "next_cursor");
  if (!cursor.empty()) say("more: --cursor " + cursor);
}

void Printer::raw(ByteView bytes) {
  answers_ << as_text(bytes);
  answers_.flush();
}

void Printer::say(std::string_view line) {
  if (mode_ == Talk::normal) talk_ << line << std::endl;
}

void Printer::warn(std::string_view line) { talk_ << line << std::endl; }

void Printer::error(const Error& error, const std::optional<v1::Problem>& problem,
                    std::string_view next) {
  std::string code(code_text(error.code()));
  // A newer service may have codes that this program does not know.
  if (problem.has_value() && !problem->code().empty()) code = problem->code();
  const std::string request_id = problem.has_value() ? problem->request_id() : "";
  if (format_ == Format::json) {
    List violations;
    if (problem.has_value()) {
      for (const v1::FieldViolation& violation : problem->errors()) {
        violations.push_back(
            Object{{"pointer", violation.pointer()}, {"message", violation.message()}});
      }
    }
    const Object inner{{"code", code},
                       {"title", std::string(code_title(error.code()))},
                       {"message", error.message()},
                       {"request_id", request_id},
                       {"errors", violations},
                       {"next", std::string(next)}};
    answers_ << to_json({{"error", inner}}) << '\n';
    return;
  }
  talk_ << "nsl: " << printable(error.message()) << " [" << printable(code) << "]\n";
  if (problem.has_value()) {
    for (const v1::FieldViolation& violation : problem->errors()) {
      talk_ << "  " << printable(violation.pointer()) << ": " << printable(violation.message())
            << '\n';
    }
  }
  if (!request_id.empty()) talk_ << "  request " << printable(request_id) << '\n';
  if (!next.empty()) talk_ << "  try: " << next << '\n';
}

}  // namespace nsl::client::cli
