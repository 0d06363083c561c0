// OpenSSL, which tests speak TLS with: another make than the daemon's. Macros that Swift cannot see stand here as functions.
#include <openssl/err.h>
#include <openssl/ssl.h>

static inline int limit_to_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_max_proto_version(context, version);
}
static inline int ask_for_name(SSL *connection, const char *name) {
  return (int)SSL_set_tlsext_host_name(connection, name);
}
