// Preloaded under valgrind, which up to 3.19 writes to the mask it is given here; libdispatch keeps its own in memory
// that is read only, and a program that waits in it would crash valgrind.
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
  sigset_t copy = *mask;
  return syscall(SYS_rt_sigsuspend, &copy, _NSIG / 8);
}
