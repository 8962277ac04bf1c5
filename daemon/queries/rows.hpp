#pragma once
// The columns of the rows that readers return.
#include "daemon/database/event_rows.hpp"
#include "daemon/queries/reads.hpp"
#include "daemon/timeline/thing.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(place, (), (service, environment))
BOOST_DESCRIBE_STRUCT(thing_id, (), (source, subject))
BOOST_DESCRIBE_STRUCT(reported_name, (), (source, fields, deployments, incidents))
BOOST_DESCRIBE_STRUCT(reported_thing, (), (source, fields, type, time, commit, version))
BOOST_DESCRIBE_STRUCT(reported_tag, (), (repository, name))
BOOST_DESCRIBE_STRUCT(seen_service, (), (name, has_deployments, deploying, reporting))

}

namespace releasehealth::ledger {

BOOST_DESCRIBE_STRUCT(place_state, (), (generation, team))
BOOST_DESCRIBE_STRUCT(first_report, (), (service, reviewed_at, merged_at))
BOOST_DESCRIBE_STRUCT(extent, (), (since, has_incidents))
BOOST_DESCRIBE_STRUCT(ledger_counts, (),
                      (dead, partly_dead, unplaced, underived, other_services, other_environments, other_teams,
                       derived_by))

BOOST_DESCRIBE_STRUCT(unjoined_count, (), (source, incidents))
BOOST_DESCRIBE_STRUCT(database_health, (), (is_durable, now, derived_by, derived_version, dead))
BOOST_DESCRIBE_STRUCT(rhythm, (), (source, deliveries, gap_s, last_at))

template <>
inline constexpr auto columns_of<known_place> = std::tuple_cat(within(&known_place::where, columns_of<place>),
                                                               within(&known_place::is, columns_of<place_state>));

template <>
inline constexpr auto columns_of<decided_deployment> = std::tuple_cat(
    within(&decided_deployment::where, columns_of<place>),
    std::tuple(column("subject", &decided_deployment::subject), column("version", &decided_deployment::version),
               column("finished_at", &decided_deployment::finished_at),
               column("kind", &decided_deployment::decided, &decision::kind),
               column("kind_reason", &decided_deployment::decided, &decision::reason),
               column("kind_evidence", &decided_deployment::decided, &decision::evidence)));

template <>
inline constexpr auto columns_of<stored_event> = std::tuple_cat(std::tuple(column("received_at",
                                                                                  &stored_event::received_at)),
                                                                within(&stored_event::told, columns_of<event>));

}
