#include "daemon/import/api_exports.hpp"

#include <algorithm>
#include <istream>
#include <iterator>

#include "collectors/base/crypto.hpp"
#include "collectors/collector.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"
#include "daemon/timeline/placement.hpp"

namespace releasehealth {
namespace {

source as_configured(const api_export& exported, const history_defaults& defaults) {
  source s;
  s.kind = s.name = exported.collected->kind;
  for (const auto& rule : exported.collected->settings)
    if (!rule.fallback.empty()) s.settings[std::string(rule.key)] = {std::string(rule.fallback)};
  if (!exported.shape.deployments.empty()) s.settings["deployments"] = {std::string(exported.shape.deployments)};
  s.settings["environment"] = {environment_or_default(defaults.environment)};
  return s;
}

// Prereleases and drafts are not deployments. The collector skips them silently, so they are counted here.
bool is_left_out(const api_export& exported, const json::value& document) {
  return exported.shape.deployments == "release" && (flag_at(document, "/prerelease") || flag_at(document, "/draft"));
}

// The member that shows that more pages follow, as each API reports it. Empty: this is the last page.
std::string names_another_page(const json::value& page) {
  if (!page.is_object()) return {};
  if (flag_at(page, "/more")) return "\"more\": true";
  if (const auto* last = page.get_object().if_contains("isLast"); last && last->is_bool() && !last->get_bool())
    return "\"isLast\": false";
  for (const auto* name : {"next", "nextPageToken"})
    if (!text_at(page, std::string("/") + name).empty()) return std::string("\"") + name + "\" names another page";
  const auto start = number_at(page, "/startAt"), most = number_at(page, "/maxResults"),
             total = number_at(page, "/total");
  if (start && most && total && *start + *most < *total) return "\"total\" is " + std::to_string(*total);
  return {};
}

}

void read_api_object(const api_export& exported, const source& reporter, const json::value& document,
                     const std::string& where, const history_defaults& defaults, timestamp now,
                     const record_handler& handler) {
  const auto all = document.is_object()
                       ? exported.shape.tell(document)
                       : result<std::vector<past_delivery>>(error(errc::malformed, "not a JSON object"));
  if (!all) return handler.refuse({where, all.error()});
  for (const auto& t : *all) {
    headers head;
    head.add("Content-Type", "application/json");
    if (!exported.shape.type_header.empty()) head.add(std::string(exported.shape.type_header), t.type);
    const auto body = json::serialize(t.body);
    auto read = exported.collected->decode(reporter, {.header = head, .body = body, .received_at = now});
    if (!read) return handler.refuse({where, read.error()});
    std::size_t n = 0;
    for (auto& e : read->events) {  // the content is the identity, because an export has no delivery ids
      if (!alert_of(e).empty()) {   // placed among the reports of webhooks by its own id
        take_checked(std::move(e), where, defaults, now, handler);
        continue;
      }
      const auto given = defaults.service + defaults.environment;
      e.id =
          "export-" + sha256_hex(std::string(exported.shape.format) + body + std::to_string(n++) + given).substr(0, 32);
      take_checked(std::move(e), where, defaults, now, handler);
    }
  }
}

std::span<const api_export> api_exports() {
  static const std::vector<api_export> all = [] {
    std::vector<api_export> out;
    for (const auto* collected : collectors())
      for (const auto& shape : collected->history) out.push_back({collected, shape});
    return out;
  }();
  return all;
}

const api_export* find_api_export(std::string_view format) {
  const auto all = api_exports();
  const auto known = std::ranges::find(all, format, [](const api_export& e) { return e.shape.format; });
  return known == all.end() ? nullptr : &*known;
}

result<void> read_api_export(const api_export& exported, std::istream& stream, const history_defaults& defaults,
                             timestamp now, const record_handler& handler) {
  const auto reporter = as_configured(exported, defaults);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::size_t n = 0, left_out = 0;
  std::string more;
  const auto read = [&](const json::value& v) {
    left_out += v.is_object() && is_left_out(exported, v) ? 1 : 0;
    read_api_object(exported, reporter, v, '/' + std::to_string(n++), defaults, now, handler);
  };
  const char *begin = text.data(), *end = begin + text.size();
  while (begin != end) {  // concatenated pages
    if (std::isspace(static_cast<unsigned char>(*begin)) != 0) {
      ++begin;
      continue;
    }
    json::stream_parser parser;
    boost::system::error_code ec;
    begin += parser.write_some(begin, static_cast<std::size_t>(end - begin), ec);
    if (!ec && !parser.done()) parser.finish(ec);
    if (ec) return error(errc::malformed, "is not JSON: " + ec.message());
    const auto page = parser.release();
    more = names_another_page(page);
    const auto items = page.is_array()                  ? elements_at(page, "")
                       : exported.shape.members.empty() ? std::span<const json::value>()
                                                        : elements_at(page, '/' + std::string(exported.shape.members));
    if (page.is_array() || !items.empty())
      for (const auto& item : items) read(item);
    else
      read(page);
  }
  if (left_out > 0) handler.note(std::to_string(left_out) + " prereleases and drafts skipped");
  if (!more.empty())
    handler.note("warning: the export is incomplete (" + more + "); append the remaining pages to the file");
  return {};
}

}
