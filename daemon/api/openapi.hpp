#pragma once
// The OpenAPI 3.1 document: openapi.json with the paths of the routes and the events of the table of fields. Nothing of
// it is written twice.
#include <string>
#include <vector>

#include "collectors/json.hpp"
#include "daemon/http/routes.hpp"

namespace releasehealth::api {

json::object openapi(const std::vector<http::route>& operations, const std::vector<http::route>& intake);

}
