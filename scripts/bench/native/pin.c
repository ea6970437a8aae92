/*
 * pin CORE PROGRAM ARGUMENTS...: becomes PROGRAM on one core (-1: on any), with as many open files as the machine allows.
 * The program is killed when the benchmark that started it ends, however that happens.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: pin CORE PROGRAM ARGUMENTS...\n");
    return 2;
  }
  int core = atoi(argv[1]);
  if (core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) != 0) {
      fprintf(stderr, "pin: core %d: %s\n", core, strerror(errno));
      return 2;
    }
  }
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execvp(argv[2], argv + 2);
  fprintf(stderr, "pin: %s: %s\n", argv[2], strerror(errno));
  return 2;
}
