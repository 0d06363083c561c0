// Lets the thread sanitizer see Swift's Mutex. Its quick way is compiled into the caller and seen; where a thread has to
// wait, the mutex changes hands inside libswiftSynchronization, which is not instrumented, and everything it guards would
// be called a race. Preloaded, this stands before those functions and says what they do.
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Of Synchronization._MutexHandle.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

typedef SWIFT void Lock(uint32_t thread, SELF handle);
typedef SWIFT bool TryLock(SELF handle);
typedef SWIFT void Unlock(SELF handle);

// Only programs that are instrumented have these.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

SWIFT void lock(uint32_t thread, SELF handle) __asm__(LOCK);
SWIFT void lock(uint32_t thread, SELF handle) {
  ((Lock *)dlsym(RTLD_NEXT, LOCK))(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT bool tryLock(SELF handle) __asm__(TRY_LOCK);
SWIFT bool tryLock(SELF handle) {
  bool isLocked = ((TryLock *)dlsym(RTLD_NEXT, TRY_LOCK))(handle);
  if (isLocked && __tsan_acquire) __tsan_acquire(handle);
  return isLocked;
}

SWIFT void unlock(SELF handle) __asm__(UNLOCK);
SWIFT void unlock(SELF handle) {
  if (__tsan_release) __tsan_release(handle);
  ((Unlock *)dlsym(RTLD_NEXT, UNLOCK))(handle);
}
