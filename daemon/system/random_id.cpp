#include "daemon/system/random_id.hpp"

#include <stdexcept>

#include <openssl/rand.h>

#include "collectors/base/crypto.hpp"

namespace releasehealth {

std::string random_id() {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) throw std::runtime_error("OpenSSL cannot generate random bytes");
  return sha256_hex({reinterpret_cast<const char*>(bytes), sizeof bytes}).substr(0, 32);
}

}
