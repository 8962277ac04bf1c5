#include "daemon/import/repository.hpp"

#include <filesystem>
#include <stdexcept>

#include <git2.h>

namespace releasehealth {
namespace {

void check(int status, const std::string& what) {
  if (status >= 0) return;
  const auto* why = git_error_last();
  throw std::runtime_error(what + ": " + (why && why->message ? why->message : "libgit2 fails"));
}

template <class T, void (*Free)(T*)>
struct freed {
  void operator()(T* p) const { Free(p); }
};
using object_ptr = std::unique_ptr<git_object, freed<git_object, git_object_free>>;
using commit_ptr = std::unique_ptr<git_commit, freed<git_commit, git_commit_free>>;
using tree_ptr = std::unique_ptr<git_tree, freed<git_tree, git_tree_free>>;
using diff_ptr = std::unique_ptr<git_diff, freed<git_diff, git_diff_free>>;
using stats_ptr = std::unique_ptr<git_diff_stats, freed<git_diff_stats, git_diff_stats_free>>;
using walk_ptr = std::unique_ptr<git_revwalk, freed<git_revwalk, git_revwalk_free>>;
using reference_ptr = std::unique_ptr<git_reference, freed<git_reference, git_reference_free>>;

std::string text_of(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(text, sizeof text, &id);
}

git_oid id_of(const std::string& text) {
  git_oid id;
  check(git_oid_fromstr(&id, text.c_str()), text);
  return id;
}

timestamp time_of(git_time_t seconds) { return timestamp(std::chrono::seconds(seconds)); }

commit_ptr commit_of(git_repository* in, const std::string& id) {
  const auto oid = id_of(id);
  git_commit* found = nullptr;
  check(git_commit_lookup(&found, in, &oid), "commit " + id);
  return commit_ptr(found);
}

// A tag's own date if it is annotated, else its commit's.
std::optional<git::tag> read_tag(git_repository* in, const std::string& ref) {
  constexpr std::string_view folder = "refs/tags/";
  git_object* found = nullptr;
  if (git_revparse_single(&found, in, ref.c_str()) < 0) return {};
  const object_ptr object(found);
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, object.get(), GIT_OBJECT_COMMIT) < 0) return {};
  const object_ptr commit(peeled);
  git::tag out{ref.substr(folder.size()), text_of(*git_object_id(commit.get())), {}};
  const auto* c = reinterpret_cast<const git_commit*>(commit.get());
  out.at = time_of(git_commit_time(c));
  if (git_object_type(object.get()) == GIT_OBJECT_TAG)
    if (const auto* tagger = git_tag_tagger(reinterpret_cast<const git_tag*>(object.get())))
      out.at = time_of(tagger->when.time);
  return out;
}

}

void repository::closer::operator()(git_repository* r) const {
  git_repository_free(r);
  git_libgit2_shutdown();
}

repository::repository(const std::string& path) {
  git_libgit2_init();
  git_repository* opened = nullptr;
  const auto status = git_repository_open_ext(&opened, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (status < 0) {
    const auto* last = git_error_last();
    std::string why = last && last->message ? last->message : "cannot be opened";
    git_libgit2_shutdown();
    throw std::runtime_error(path + ": " + why);
  }
  open_.reset(opened);
}

std::vector<git::tag> repository::tags() const {
  git_strarray names{};
  check(git_tag_list(&names, open_.get()), "tags");
  const std::unique_ptr<git_strarray, freed<git_strarray, git_strarray_dispose>> freed_later(&names);
  std::vector<git::tag> all;
  for (std::size_t n = 0; n < names.count; ++n)
    if (auto t = read_tag(open_.get(), "refs/tags/" + std::string(names.strings[n]))) all.push_back(std::move(*t));
  return all;
}

std::string repository::head() const {
  git_oid id;
  if (git_reference_name_to_id(&id, open_.get(), "HEAD") < 0) return {};
  return text_of(id);
}

void repository::walk(const std::vector<std::string>& from, const std::function<void(git_commit_info)>& each) const {
  git_revwalk* made = nullptr;
  check(git_revwalk_new(&made, open_.get()), "walk");
  const walk_ptr walking(made);
  for (const auto& id : from) {
    const auto oid = id_of(id);
    check(git_revwalk_push(walking.get(), &oid), "commit " + id);
  }
  git_oid at;
  int status = 0;
  while ((status = git_revwalk_next(&at, walking.get())) == 0) {
    const auto commit = commit_of(open_.get(), text_of(at));
    git_commit_info info;
    info.id = text_of(at);
    info.committed_at = time_of(git_commit_time(commit.get()));
    info.authored_at = time_of(git_commit_author(commit.get())->when.time);
    for (unsigned p = 0; p < git_commit_parentcount(commit.get()); ++p)
      info.parents.push_back(text_of(*git_commit_parent_id(commit.get(), p)));
    const char* said = git_commit_message(commit.get());
    info.says = git::read_message(said ? said : "", info.parents.size() > 1);
    each(std::move(info));
  }
  if (status != GIT_ITEROVER) check(status, "walk");
}

std::int64_t repository::lines_changed(const std::string& from, const std::string& to) const {
  const auto tree = [&](const std::string& id) {
    git_tree* found = nullptr;
    check(git_commit_tree(&found, commit_of(open_.get(), id).get()), "tree of " + id);
    return tree_ptr(found);
  };
  const auto before = tree(from), after = tree(to);
  git_diff* made = nullptr;
  check(git_diff_tree_to_tree(&made, open_.get(), before.get(), after.get(), nullptr), "difference");
  const diff_ptr diff(made);
  git_diff_stats* counted = nullptr;
  check(git_diff_get_stats(&counted, diff.get()), "difference");
  const stats_ptr stats(counted);
  return static_cast<std::int64_t>(git_diff_stats_insertions(stats.get()) + git_diff_stats_deletions(stats.get()));
}

std::string repository::name() const {
  std::filesystem::path path(git_repository_path(open_.get()));  // it ends with a slash
  path = path.parent_path();
  if (path.filename() == ".git") path = path.parent_path();
  return path.stem().string();
}

}
