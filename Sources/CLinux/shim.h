// Calls of the GNU C library that Swift's Glibc module leaves out, because it is built without _GNU_SOURCE.
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

int pthread_setname_np(pthread_t thread, const char *name);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

// No call of a library: has the processor fetch memory that will be read soon. Swift has no word for it.
static inline void prefetch(const void *memory) { __builtin_prefetch(memory); }
