#pragma once
// Rows of append.sql and related statements, in the order of their parameters. For append.cpp only.
#include "collectors/fields.hpp"
#include "daemon/database/rows.hpp"
#include "daemon/ledger/append.hpp"
#include "daemon/ledger/body.hpp"

namespace releasehealth::ledger {

/// A body that is compressed when it is written.
struct received_body {
  const std::string* bytes;
};

template <>
struct codec<received_body> {
  static constexpr auto element = binary_array::bytea;
  static void write(binary_array& array, const received_body& body) { array.add(compress(*body.bytes)); }
};

struct delivery_row {
  std::string_view source;
  std::string key;
  timestamp received_at;
  std::string_view outcome, detail;
  const json::object* headers;
  received_body body;

  explicit delivery_row(const entry& e)
      : source(e.source),
        key(storable_id(e.key)),
        received_at(e.received_at),
        outcome(e.outcome),
        detail(e.detail),
        headers(&e.headers),
        body{&e.body} {}
};
BOOST_DESCRIBE_STRUCT(delivery_row, (), (source, key, received_at, outcome, detail, headers, body))

struct event_row {
  std::int64_t position;  ///< the delivery's, from 1
  std::string_view source;
  std::string id;
  event_type type;
  thing_type thing;
  std::string subject;
  timestamp time, received_at;
  bool is_override;
  const json::object* fields;

  event_row(const entry& e, const event& ev, std::int64_t index)
      : position(index),
        source(source_of(e, ev)),
        id(storable_id(ev.id)),
        type(ev.type),
        thing(ev.thing),
        subject(storable_id(ev.subject)),
        time(ev.time),
        received_at(e.received_at),
        is_override(ev.is_override),
        fields(&ev.fields) {}
};
BOOST_DESCRIBE_STRUCT(event_row, (),
                      (position, source, id, type, thing, subject, time, received_at, is_override, fields))

/// A new delivery.
struct appended_row {
  std::size_t position = 0;
  std::size_t events = 0;  ///< its new events
  std::int64_t delivery = 0;
};
BOOST_DESCRIBE_STRUCT(appended_row, (), (position, events, delivery))

struct announced_row {
  std::string_view source;
  std::string id;
  std::int64_t delivery;
};
BOOST_DESCRIBE_STRUCT(announced_row, (), (source, id, delivery))

/// An event whose id may already be stored from another sender.
struct doubtful_row {
  std::int64_t position;  ///< the entry's, from 0
  std::int64_t delivery;
  std::string_view source;
  std::string id;
  event_type type;
  std::string subject;
  const json::object* fields;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(doubtful_row, (), (position, delivery, source, id, type, subject, fields, token))

struct claim_row {
  std::size_t position = 0;
  claim is;

  static constexpr auto columns =
      std::tuple(column("position", &claim_row::position), column("source", &claim_row::is, &claim::source),
                 column("id", &claim_row::is, &claim::id), column("holder", &claim_row::is, &claim::holder));
};

struct durability_row {
  bool commits_wait = false;  ///< commits wait for the disk (synchronous_commit)
  bool has_fsync = false;
};
BOOST_DESCRIBE_STRUCT(durability_row, (), (commits_wait, has_fsync))

}
