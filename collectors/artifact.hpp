#pragma once
// Images, other artifacts and source revisions of a deployment, as senders name them (figures.md section 14).
#include <compare>
#include <string>
#include <string_view>

#include "collectors/event.hpp"

namespace releasehealth {

/// The parts of an image reference. A member is empty if the reference does not contain it.
struct image {
  std::string repository, tag, digest;
  auto operator<=>(const image&) const = default;
};

/// Parses `registry.example:5000/shop/checkout:1.8.3@sha256:...`, with or without a scheme, or a package URL,
/// `pkg:oci/checkout@sha256%3A...?repository_url=ghcr.io/acme/checkout&tag=1.8.3`. For a package that is not an image,
/// the repository is the URL up to its version, and the tag is the version.
image parse_image(std::string_view reference);
/// The reference that names this image.
std::string reference_of(const image&);
/// An element of the field `artifacts`: a reference, or an object {repository, tag, digest}.
image image_at(const json::value& element);

/// The revision of one source of a deployment: a repository, or a chart in one.
struct source_revision {
  std::string revision, repository, chart;
  auto operator<=>(const source_revision&) const = default;
};
/// An element of the field `revisions`: a revision, or an object {revision, repository, chart}.
source_revision revision_at(const json::value& element);

/// Adds an image to the field `artifacts`, each image once and at most max_names; an image that check() would reject as
/// too long is left out.
void put_image(event&, std::string_view reference);
/// Adds a revision to the field `revisions`, by the rules of put_image().
void put_revision(event&, const source_revision&);
/// Adds the annotations `org.opencontainers.image.*` of the object at a pointer: `source` is the repository, `revision`
/// the commit, `version` the version. Existing fields are kept.
void put_image_annotations(event&, const json::value& document, std::string_view pointer);

}
