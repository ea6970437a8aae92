/*
 * The benchmark's client: sends requests that were made before, over HTTP/1.1 with keep-alive, to a port of this machine, and says in
 * one line of JSON what came back and how long it took. One thread, epoll.
 *
 *   load PORT REQUESTS [option value]...
 *     connections N   how many at once (1)
 *     warm S          seconds that are not counted (0)
 *     seconds S       seconds that are counted (1)
 *     count N         ends after this many counted answers instead
 *     rate N          requests per second, whether or not the last one was answered; latency counts from when it should have been sent
 *     marker TEXT     also tells when this text first showed in an answer's body
 *     hold N          opens that many streams, waits for each one's first bytes, prints `held N`, and closes them when its input ends
 *     watch PIDS      processor time of these processes (comma-separated) over the counted seconds
 *     patience S      gives up after this many seconds in all (60)
 *
 * REQUESTS: for each request its length (32 bits, little-endian) and its bytes, head included; they are used in turn.
 */
#include "http.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { HEAD_LIMIT = 16384, SCRATCH = 1 << 20, EVENTS = 512, MARKER_LIMIT = 64, WATCHED = 64 };

enum state { CONNECTING, IDLE, SENDING, WAITING, READING, HELD };

struct connection {
  int fd;
  enum state state;
  bool wants_write, has_first, has_marker;
  int status;
  struct body body;
  uint32_t head_length, kept;
  uint32_t request, sent;
  uint64_t began;
  uint64_t life;
  char *head;
  char tail[MARKER_LIMIT];
  struct connection *next_idle;
};

struct samples {
  uint32_t *values; /* in units of 10 ns */
  size_t length, room;
};

struct request {
  const char *bytes;
  uint32_t length;
};

static int poller, timer;
static char scratch[SCRATCH];
static struct request *requests;
static uint32_t request_count, turn;
static struct sockaddr_in address;
static struct connection *connections, *idle;

static uint32_t wanted = 1, hold;
static double warm_seconds, seconds = 1, patience = 60, rate;
static uint64_t count_wanted;
static const char *marker, *watched_pids;
static size_t marker_length;

static uint64_t origin, counted_from, counted_until, sent_by_rate;
static bool is_counting, is_over;
static uint64_t answers, failures, broken, bytes_in, held;
static uint64_t failing_status;
static struct samples whole, first, marked;
static uint64_t cpu_before[WATCHED], cpu_after[WATCHED], own_before;
static int pids[WATCHED], pid_count;
static uint64_t cores_before[WATCHED], cores_after[WATCHED];
static int core_count;

static void add_sample(struct samples *samples, uint64_t ns) {
  if (samples->length == samples->room) {
    samples->room = samples->room == 0 ? 1 << 16 : samples->room * 2;
    samples->values = must(realloc(samples->values, samples->room * sizeof *samples->values));
  }
  uint64_t value = ns / 10;
  samples->values[samples->length++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static void watch_fd(int operation, int fd, uint32_t events, void *pointer) {
  struct epoll_event event = {.events = events, .data.ptr = pointer};
  if (epoll_ctl(poller, operation, fd, &event) != 0) die("epoll_ctl");
}

/* Nanoseconds that all threads of a process have run: from the scheduler, or in clock ticks where the kernel keeps no such file. */
static uint64_t processor_time(int pid) {
  char path[300];
  uint64_t total = 0;
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *folder = opendir(path);
  if (folder == NULL) return 0;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%d/task/%.32s/schedstat", pid, entry->d_name);
    FILE *file = fopen(path, "r");
    unsigned long long ran = 0;
    if (file == NULL || fscanf(file, "%llu", &ran) != 1) ran = 0;
    if (file != NULL) fclose(file);
    total += ran;
  }
  closedir(folder);
  if (total > 0) return total;
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  char line[1024];
  unsigned long user = 0, system = 0;
  if (fgets(line, sizeof line, file) != NULL) {
    char *name_end = strrchr(line, ')');
    if (name_end != NULL) sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  }
  fclose(file);
  return (uint64_t)(user + system) * (1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* What each core has done so far, for whomever, in nanoseconds: time that the hypervisor took away included. */
static int read_cores(uint64_t *busy) {
  FILE *file = fopen("/proc/stat", "r");
  char line[512];
  int count = 0;
  while (file != NULL && count < WATCHED && fgets(line, sizeof line, file) != NULL) {
    unsigned long long user, nice, system, idle, wait, irq, softirq, steal;
    int core;
    int found = sscanf(line, "cpu%d %llu %llu %llu %llu %llu %llu %llu %llu", &core, &user, &nice, &system, &idle, &wait, &irq, &softirq, &steal);
    if (found != 9 || line[3] == ' ') continue;
    busy[count++] = (user + nice + system + irq + softirq + steal) * (1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK));
  }
  if (file != NULL) fclose(file);
  return count;
}

static void begin_counting(uint64_t now) {
  is_counting = true;
  counted_from = now;
  own_before = processor_time(getpid());
  core_count = read_cores(cores_before);
  for (int i = 0; i < pid_count; i++) cpu_before[i] = processor_time(pids[i]);
}

static void end_counting(uint64_t now) {
  if (is_over) return;
  is_over = true;
  counted_until = now;
  for (int i = 0; i < pid_count; i++) cpu_after[i] = processor_time(pids[i]);
  read_cores(cores_after);
}

static void check_time(uint64_t now) {
  if (!is_counting && now - origin >= (uint64_t)(warm_seconds * 1e9)) begin_counting(now);
  if (is_counting && count_wanted == 0 && hold == 0 && now - counted_from >= (uint64_t)(seconds * 1e9)) end_counting(now);
  if (now - origin >= (uint64_t)(patience * 1e9)) {
    if (!is_counting) begin_counting(now);
    end_counting(now);
  }
}

static void open_connection(struct connection *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) die("connect");
  c->state = CONNECTING;
  c->wants_write = true;
  watch_fd(EPOLL_CTL_ADD, c->fd, EPOLLIN | EPOLLOUT, c);
}

static void send_request(struct connection *c, uint64_t began);

static void become_idle(struct connection *c) {
  c->state = IDLE;
  if (is_over) return;
  if (rate == 0) return send_request(c, now_ns());
  uint64_t due = origin + (uint64_t)((double)sent_by_rate * 1e9 / rate);
  if (due <= now_ns()) {
    sent_by_rate++;
    return send_request(c, due);
  }
  c->next_idle = idle;
  idle = c;
}

/* The connection broke before its answer was complete: counts, and a new one takes its place. */
static void reconnect(struct connection *c) {
  close(c->fd);
  if (c->state != IDLE && is_counting) broken++;
  if (broken > 1000) end_counting(now_ns());
  for (struct connection **at = &idle; *at != NULL; at = &(*at)->next_idle) {
    if (*at == c) {
      *at = c->next_idle;
      break;
    }
  }
  if (!is_over) open_connection(c);
}

static void go_on_sending(struct connection *c) {
  const struct request *request = &requests[c->request];
  while (c->sent < request->length) {
    ssize_t n = send(c->fd, request->bytes + c->sent, request->length - c->sent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) return reconnect(c);
      if (!c->wants_write) watch_fd(EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLOUT, c);
      c->wants_write = true;
      return;
    }
    c->sent += (uint32_t)n;
  }
  if (c->wants_write) watch_fd(EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
  c->wants_write = false;
  c->state = WAITING;
}

static void send_request(struct connection *c, uint64_t began) {
  c->began = began;
  c->request = turn++ % request_count;
  c->sent = 0;
  c->head_length = 0;
  c->kept = 0;
  c->has_first = false;
  c->has_marker = marker == NULL;
  c->state = SENDING;
  go_on_sending(c);
}

static void end_answer(struct connection *c) {
  uint64_t now = now_ns();
  if (is_counting && !is_over) {
    answers++;
    add_sample(&whole, now - c->began);
    if (c->status < 200 || c->status > 299) {
      failures++;
      failing_status = (uint64_t)c->status;
    }
    if (count_wanted != 0 && answers >= count_wanted) end_counting(now);
  }
  check_time(now);
  if (c->sent < requests[c->request].length || c->body.framing == FRAMING_UNTIL_CLOSE) {
    c->state = IDLE;
    return reconnect(c);
  }
  become_idle(c);
}

/* Looks for the marker, also where it lies across two reads. */
static void look_for_marker(struct connection *c, const char *bytes, size_t length) {
  char joined[2 * MARKER_LIMIT];
  size_t begin = length < marker_length - 1 ? length : marker_length - 1;
  memcpy(joined, c->tail, c->kept);
  memcpy(joined + c->kept, bytes, begin);
  if (memmem(joined, c->kept + begin, marker, marker_length) != NULL || memmem(bytes, length, marker, marker_length) != NULL) {
    c->has_marker = true;
    if (is_counting && !is_over) add_sample(&marked, now_ns() - c->began);
    return;
  }
  if (length >= marker_length - 1) {
    c->kept = (uint32_t)(marker_length - 1);
    memcpy(c->tail, bytes + length - c->kept, c->kept);
  } else {
    size_t all = c->kept + length;
    size_t keep = all < marker_length - 1 ? all : marker_length - 1;
    memcpy(c->tail, joined + all - keep, keep);
    c->kept = (uint32_t)keep;
  }
}

static void take_answer(struct connection *c, const char *bytes, size_t length) {
  if (length == 0) return;
  if (!c->has_first) {
    c->has_first = true;
    if (hold != 0) {
      c->state = HELD;
      held++;
    }
    if (is_counting && !is_over) add_sample(&first, now_ns() - c->began);
  }
  size_t taken = take_body(&c->body, bytes, length);
  if (!c->has_marker) look_for_marker(c, bytes, taken);
  if (c->body.is_done) end_answer(c);
}

static void take_head(struct connection *c, const char *bytes, size_t length) {
  size_t room = HEAD_LIMIT - c->head_length;
  size_t copied = length < room ? length : room;
  memcpy(c->head + c->head_length, bytes, copied);
  uint32_t from = c->head_length < 3 ? 0 : c->head_length - 3;
  char *end = memmem(c->head + from, c->head_length + copied - from, "\r\n\r\n", 4);
  if (end == NULL) {
    if (copied == room) return reconnect(c);
    c->head_length += (uint32_t)copied;
    return;
  }
  size_t used = (size_t)(end + 4 - c->head) - c->head_length;
  c->head_length = 0;
  c->status = strncmp(c->head, "HTTP/1.", 7) == 0 ? atoi(c->head + 9) : 0;
  if (c->status >= 100 && c->status < 200) return length > used ? take_head(c, bytes + used, length - used) : (void)0;
  c->body = begin_body(c->head, end + 2, false);
  c->state = READING;
  if (c->body.is_done) return end_answer(c);
  take_answer(c, bytes + used, length - used);
}

static void on_readable(struct connection *c) {
  ssize_t n = recv(c->fd, scratch, SCRATCH, 0);
  if (n < 0) {
    if (errno != EAGAIN) reconnect(c);
    return;
  }
  if (n == 0) {
    if (c->state == READING && c->body.framing == FRAMING_UNTIL_CLOSE) return end_answer(c);
    return reconnect(c);
  }
  if (is_counting) bytes_in += (uint64_t)n;
  if (c->state == READING || c->state == HELD) {
    take_answer(c, scratch, (size_t)n);
  } else if (c->state == WAITING || c->state == SENDING) {
    take_head(c, scratch, (size_t)n);
  } else {
    reconnect(c);
  }
}

static void on_timer(void) {
  uint64_t ignored;
  if (read(timer, &ignored, sizeof ignored) < 0 && errno != EAGAIN) die("timer");
  uint64_t now = now_ns();
  check_time(now);
  while (rate > 0 && idle != NULL && !is_over) {
    uint64_t due = origin + (uint64_t)((double)sent_by_rate * 1e9 / rate);
    if (due > now) break;
    struct connection *c = idle;
    idle = c->next_idle;
    sent_by_rate++;
    send_request(c, due);
  }
}

static void read_requests(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0) die(path);
  char *file = must(malloc((size_t)status.st_size));
  size_t length = 0;
  for (ssize_t n; (n = read(fd, file + length, (size_t)status.st_size - length)) > 0;) length += (size_t)n;
  close(fd);
  for (size_t at = 0; at + 4 <= length;) {
    uint32_t size;
    memcpy(&size, file + at, 4);
    requests = must(realloc(requests, (request_count + 1) * sizeof *requests));
    requests[request_count++] = (struct request){file + at + 4, size};
    at += 4 + (size_t)size;
  }
  if (request_count == 0) {
    fprintf(stderr, "load: no requests in %s\n", path);
    exit(2);
  }
}

static void read_options(int argc, char **argv) {
  for (int i = 3; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (strcmp(name, "connections") == 0) wanted = (uint32_t)atoi(value);
    else if (strcmp(name, "warm") == 0) warm_seconds = atof(value);
    else if (strcmp(name, "seconds") == 0) seconds = atof(value);
    else if (strcmp(name, "count") == 0) count_wanted = strtoull(value, NULL, 10);
    else if (strcmp(name, "rate") == 0) rate = atof(value);
    else if (strcmp(name, "marker") == 0) marker = value;
    else if (strcmp(name, "hold") == 0) hold = (uint32_t)atoi(value);
    else if (strcmp(name, "watch") == 0) watched_pids = value;
    else if (strcmp(name, "patience") == 0) patience = atof(value);
    else {
      fprintf(stderr, "load: unknown option %s\n", name);
      exit(2);
    }
  }
  if (hold != 0) wanted = hold;
  if (marker != NULL) marker_length = strlen(marker);
  if (marker_length > MARKER_LIMIT || (marker != NULL && marker_length < 2)) marker = NULL;
  for (const char *at = watched_pids; at != NULL && pid_count < WATCHED; at = strchr(at, ',')) {
    if (*at == ',') at++;
    pids[pid_count++] = atoi(at);
  }
}

static int by_value(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return a < b ? -1 : a > b;
}

static void print_samples(const char *name, struct samples *samples) {
  if (samples->length == 0) {
    printf(",\"%s\":null", name);
    return;
  }
  qsort(samples->values, samples->length, sizeof *samples->values, by_value);
  static const struct {
    const char *name;
    double part;
  } parts[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1}};
  printf(",\"%s\":{\"samples\":%zu", name, samples->length);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    size_t at = (size_t)(parts[i].part * (double)(samples->length - 1) + 0.5);
    printf(",\"%s\":%.2f", parts[i].name, samples->values[at] / 100.0);
  }
  printf("}");
}

static void print_result(void) {
  double lasted = (double)(counted_until - counted_from) / 1e9;
  printf("{\"answers\":%llu,\"failures\":%llu,\"failingStatus\":%llu,\"broken\":%llu,\"bytesIn\":%llu,\"seconds\":%.6f",
         (unsigned long long)answers, (unsigned long long)failures, (unsigned long long)failing_status, (unsigned long long)broken,
         (unsigned long long)bytes_in, lasted);
  print_samples("latencyUs", &whole);
  print_samples("firstUs", &first);
  print_samples("markerUs", &marked);
  printf(",\"ownCpuNs\":%llu,\"cpuNs\":[", (unsigned long long)(processor_time(getpid()) - own_before));
  for (int i = 0; i < pid_count; i++) printf("%s%llu", i == 0 ? "" : ",", (unsigned long long)(cpu_after[i] - cpu_before[i]));
  printf("],\"coreBusyNs\":[");
  for (int i = 0; i < core_count; i++) printf("%s%llu", i == 0 ? "" : ",", (unsigned long long)(cores_after[i] - cores_before[i]));
  printf("]}\n");
  fflush(stdout);
}

static void hold_until_told(void) {
  char ignored[64];
  printf("held %llu\n", (unsigned long long)held);
  fflush(stdout);
  while (read(0, ignored, sizeof ignored) > 0) {
  }
}

static void start_timer(void) {
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  /* Requests at a rate leave in groups of at most this long. */
  long period = rate > 0 ? 50000 : 1000000;
  struct itimerspec when = {.it_value.tv_nsec = period, .it_interval.tv_nsec = period};
  timerfd_settime(timer, 0, &when, NULL);
  watch_fd(EPOLL_CTL_ADD, timer, EPOLLIN, &timer);
}

static void run(void) {
  struct epoll_event events[EVENTS];
  uint64_t last_held = 0, last_change = now_ns();
  while (!is_over) {
    int n = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (events[i].data.ptr == &timer) {
        on_timer();
        continue;
      }
      if (c->state == CONNECTING && (events[i].events & EPOLLOUT)) {
        watch_fd(EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
        c->wants_write = false;
        become_idle(c);
        continue;
      }
      if (c->state == SENDING && (events[i].events & EPOLLOUT)) go_on_sending(c);
      if (events[i].events & ~(uint32_t)EPOLLOUT) on_readable(c);
    }
    if (hold == 0) continue;
    if (held != last_held) {
      last_held = held;
      last_change = now_ns();
    }
    /* Either all are open, or no more will come; the first ones may take long, while all of them connect. */
    if (held >= hold || (held > 0 && now_ns() - last_change > 5000000000ull)) {
      check_time(now_ns());
      hold_until_told();
      end_counting(now_ns());
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: load PORT REQUESTS [option value]...\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  read_options(argc, argv);
  read_requests(argv[2]);
  address = (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  poller = epoll_create1(EPOLL_CLOEXEC);
  connections = must(calloc(wanted, sizeof *connections));
  origin = now_ns();
  start_timer();
  for (uint32_t i = 0; i < wanted; i++) {
    connections[i].head = must(malloc(HEAD_LIMIT));
    open_connection(&connections[i]);
  }
  check_time(origin);
  run();
  print_result();
  return 0;
}
