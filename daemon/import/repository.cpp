#include "daemon/import/repository.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <git2.h>

namespace releasehealth {
namespace {

void check(int status, const std::string& what) {
  if (status >= 0) return;
  const auto* why = git_error_last();
  throw std::runtime_error(what + ": " + (why && why->message ? why->message : "libgit2 failed"));
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
using reference_ptr = std::unique_ptr<git_reference, freed<git_reference, git_reference_free>>;
using references_ptr =
    std::unique_ptr<git_reference_iterator, freed<git_reference_iterator, git_reference_iterator_free>>;
using config_ptr = std::unique_ptr<git_config, freed<git_config, git_config_free>>;
using odb_ptr = std::unique_ptr<git_odb, freed<git_odb, git_odb_free>>;

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

commit_ptr commit_of(git_repository* owner, const std::string& id) {
  const auto oid = id_of(id);
  git_commit* found = nullptr;
  check(git_commit_lookup(&found, owner, &oid), "commit " + id);
  return commit_ptr(found);
}

// The target of a ref: its commit, the date (of an annotated tag if it is one, else of the commit), and the tag object.
struct dated_commit {
  std::string commit;
  timestamp committed_at;
  std::string tag_object = {};
};
std::optional<dated_commit> peel(git_object* object) {
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) < 0) return {};
  const object_ptr commit(peeled);
  dated_commit out{text_of(*git_object_id(commit.get())),
                   time_of(git_commit_time(reinterpret_cast<const git_commit*>(commit.get())))};
  if (git_object_type(object) == GIT_OBJECT_TAG) {
    out.tag_object = text_of(*git_object_id(object));
    if (const auto* tagger = git_tag_tagger(reinterpret_cast<const git_tag*>(object)))
      out.committed_at = time_of(tagger->when.time);
  }
  return out;
}

std::optional<dated_commit> look_up(git_repository* owner, const std::string& ref) {
  git_object* found = nullptr;
  if (git_revparse_single(&found, owner, ref.c_str()) < 0) return {};
  return peel(object_ptr(found).get());
}

// A partial clone declares an extension, and libgit2 opens a repository only if all its extensions are declared as
// supported. Missing files are detected when they are read.
void allow_what_reading_may_meet() {
  const char* known[] = {"partialclone", "preciousobjects", "worktreeconfig"};
  check(git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, known, std::size(known)), "libgit2");
  check(git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0), "libgit2");
}

std::string why_not_opened(const std::string& path) {
  const auto* last = git_error_last();
  std::string why = last && last->message ? last->message : "cannot be opened";
  if (why.find("objectformat") != why.npos || why.find("object format") != why.npos)
    return path +
           ": the repository uses SHA-256 object names, which libgit2 cannot read; import a copy with SHA-1 names (git "
           "init --bare copy.git; git -C " +
           path + " fast-export --all | git -C copy.git fast-import)";
  return path + ": " + why;
}

}

void repository::closer::operator()(git_repository* r) const {
  git_repository_free(r);
  git_libgit2_shutdown();
}

repository::repository(const std::string& path) {
  git_libgit2_init();
  allow_what_reading_may_meet();
  git_repository* opened = nullptr;
  const auto status = git_repository_open_ext(&opened, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (status < 0) {
    const auto why = why_not_opened(path);
    git_libgit2_shutdown();
    throw std::runtime_error(why);
  }
  open_.reset(opened);
  std::ifstream shallow(std::filesystem::path(git_repository_commondir(opened)) / "shallow");
  for (std::string id; shallow >> id;) cut_.insert(id);
}

std::vector<git::tag> repository::tags() const {
  git_strarray names{};
  check(git_tag_list(&names, open_.get()), "tags");
  const std::unique_ptr<git_strarray, freed<git_strarray, git_strarray_dispose>> freed_later(&names);
  std::vector<git::tag> all;
  for (std::size_t n = 0; n < names.count; ++n) {
    const std::string name = names.strings[n];
    if (to_utf8(name, nullptr) != name) continue;
    if (auto c = look_up(open_.get(), "refs/tags/" + name))
      all.push_back({name, std::move(c->commit), c->committed_at, std::move(c->tag_object)});
  }
  return all;
}

std::string repository::head() const {
  git_oid id;
  if (git_reference_name_to_id(&id, open_.get(), "HEAD") < 0) return {};
  return text_of(id);
}

std::optional<timestamp> repository::newest() const {
  git_reference_iterator* made = nullptr;
  check(git_reference_iterator_new(&made, open_.get()), "refs");
  const references_ptr all(made);
  std::optional<timestamp> last;
  git_reference* found = nullptr;
  while (git_reference_next(&found, all.get()) == 0) {
    const reference_ptr ref(found);
    if (std::string_view(git_reference_name(ref.get())).starts_with("refs/pull/")) continue;
    if (const auto c = look_up(open_.get(), git_reference_name(ref.get())))
      last = std::max(last.value_or(c->committed_at), c->committed_at);
  }
  return last;
}

void repository::walk(const std::vector<std::string>& begin, const std::function<void(git_commit_info)>& each) const {
  std::set<std::string> met;
  std::vector<std::string> open;
  const auto meet = [&](const std::string& id) {
    if (met.insert(id).second) open.push_back(id);
  };
  for (const auto& id : begin) meet(id);
  while (!open.empty()) {
    git_commit_info info;
    info.id = std::move(open.back());
    open.pop_back();
    const auto commit = commit_of(open_.get(), info.id);
    info.committed_at = time_of(git_commit_time(commit.get()));
    info.authored_at = time_of(git_commit_author(commit.get())->when.time);
    info.is_cut = cut_.contains(info.id);
    for (unsigned p = 0; p < git_commit_parentcount(commit.get()); ++p)
      info.parents.push_back(text_of(*git_commit_parent_id(commit.get(), p)));
    const char* said = git_commit_message(commit.get());
    const auto text = to_utf8(said ? said : "", git_commit_message_encoding(commit.get()));
    info.says = git::read_message(text, info.parents.size() > 1);
    if (info.is_cut) info.parents.clear();
    for (const auto& p : info.parents) meet(p);
    each(std::move(info));
  }
}

std::optional<std::int64_t> repository::lines_changed(const std::string& older, const std::string& newer) const {
  const auto tree = [&](const std::string& id) {
    git_tree* found = nullptr;
    return tree_ptr(git_commit_tree(&found, commit_of(open_.get(), id).get()) < 0 ? nullptr : found);
  };
  const auto old_tree = tree(older), new_tree = tree(newer);
  git_diff* made = nullptr;
  if (!old_tree || !new_tree || git_diff_tree_to_tree(&made, open_.get(), old_tree.get(), new_tree.get(), nullptr) < 0)
    return {};
  const diff_ptr diff(made);
  git_diff_stats* counted = nullptr;
  if (git_diff_get_stats(&counted, diff.get()) < 0) return {};
  const stats_ptr stats(counted);
  return static_cast<std::int64_t>(git_diff_stats_insertions(stats.get()) + git_diff_stats_deletions(stats.get()));
}

bool repository::has_commit(const std::string& id) const {
  git_oid oid;
  git_odb* opened = nullptr;
  if (git_oid_fromstr(&oid, id.c_str()) < 0 || git_repository_odb(&opened, open_.get()) < 0) return false;
  const odb_ptr objects(opened);
  return git_odb_exists(objects.get(), &oid) != 0;
}

std::string repository::setting(const char* key) const {
  git_config* opened = nullptr;
  if (git_repository_config_snapshot(&opened, open_.get()) < 0) return {};
  const config_ptr config(opened);
  const char* value = nullptr;
  return git_config_get_string(&value, config.get(), key) < 0 || !value ? std::string() : std::string(value);
}

std::string repository::lacks_tags() const {
  if (is_shallow()) return "a shallow clone (run git fetch --unshallow --tags)";
  if (setting("remote.origin.tagopt") == "--no-tags") return "a clone without tags (run git fetch --tags)";
  const auto fetched = setting("remote.origin.fetch");
  if (fetched.find("refs/heads/") != fetched.npos && fetched.find('*') == fetched.npos)
    return "a clone of a single branch (run git fetch --tags for the tags of the others)";
  return {};
}

std::string repository::name() const {
  std::filesystem::path path(git_repository_path(open_.get()));  // it ends with a slash
  path = path.parent_path();
  if (path.filename() == ".git") path = path.parent_path();
  return path.extension() == ".git" ? path.stem().string() : path.filename().string();
}

std::string repository::identity() const {
  const auto origin = repository_of_url(setting("remote.origin.url"));
  return origin.empty() ? name() : origin;
}

}
