// Calls of the GNU C library that Swift's Glibc module leaves out, because it is built without _GNU_SOURCE.
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/eventfd.h>

int pthread_setname_np(pthread_t thread, const char *name);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
