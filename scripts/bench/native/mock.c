/*
 * The benchmark's provider: answers OpenAI, Anthropic, Gemini and Bedrock requests with answers that were made before, so that it is
 * never the bottleneck. It reads every body whole and judges nothing. One thread, epoll, HTTP/1.1 with keep-alive, loopback only.
 *
 * It prints `PORT LIMITED_PORT`. Behind the second port every first try gets the answer of kind LIMITED (a 429); a request that says
 * `x-envoy-attempt-count: 2` or more is answered as usual. Commands on standard input, each answered by one line:
 *
 *   load FILE GAP_US PER_WRITE HOLD_AFTER   answers from a file (see answers.ts); a stream's pieces come PER_WRITE at a time, GAP_US
 *                                           apart (0: as fast as they can be written), and it stops for ever behind HOLD_AFTER pieces (0: never)
 *   count                                   how many requests were answered
 */
#include "http.h"

#include <arpa/inet.h>
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

enum { HEAD_LIMIT = 16384, KINDS = 5, LIMITED = 4, SCRATCH = 1 << 20, EVENTS = 512 };

/* One answer: its pieces lie one behind the other, so that several go out in one write. */
struct answer {
  uint32_t kind, pieces;
  const uint32_t *ends; /* where each piece ends, from the answer's beginning */
  const char *bytes;
};

enum state { READ_HEAD, READ_BODY, WRITE, PAUSE };

struct connection {
  int fd;
  uint32_t life; /* distinguishes the users of one slot */
  enum state state;
  bool is_limited, wants_write;
  struct body body;
  uint32_t head_length;
  const struct answer *answer;
  uint32_t sent; /* bytes */
  uint32_t goal; /* bytes that may be sent now */
  uint32_t piece;
  char *head;
  struct connection *next_free;
};

/* Paced streams: all gaps are equal, so whoever comes last is due last. */
struct due {
  uint64_t at;
  struct connection *connection;
  uint32_t life;
};

static int poller, timer;
static char scratch[SCRATCH];
static struct answer *answers;
static uint32_t answer_count;
static uint32_t of_kind[KINDS][256], kind_count[KINDS], kind_turn[KINDS];
static uint64_t gap_ns, answered;
static uint32_t per_write = 1, hold_after;
static struct connection *free_connections;
static struct due *dues;
static uint32_t due_head, due_tail, due_size = 1 << 15;
static int listeners[2];
static int command_fd;

static void watch(int operation, int fd, uint32_t events, void *pointer) {
  struct epoll_event event = {.events = events, .data.ptr = pointer};
  if (epoll_ctl(poller, operation, fd, &event) != 0) die("epoll_ctl");
}

static void close_connection(struct connection *c) {
  close(c->fd);
  c->fd = -1;
  c->life++;
  c->next_free = free_connections;
  free_connections = c;
}

static void set_timer(void) {
  struct itimerspec when = {0};
  if (due_head != due_tail) {
    uint64_t at = dues[due_head].at;
    when.it_value.tv_sec = (time_t)(at / 1000000000ull);
    when.it_value.tv_nsec = (long)(at % 1000000000ull);
  }
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void pause_connection(struct connection *c) {
  c->state = PAUSE;
  if (hold_after != 0 && c->piece >= hold_after) return;
  uint32_t next = (due_tail + 1) & (due_size - 1);
  if (next == due_head) {
    fprintf(stderr, "mock: too many paced streams\n");
    exit(1);
  }
  bool was_empty = due_head == due_tail;
  dues[due_tail] = (struct due){now_ns() + gap_ns, c, c->life};
  due_tail = next;
  if (was_empty) set_timer();
}

static bool read_requests(struct connection *c, const char *bytes, size_t length);

/* Says how much may be sent next; false when the answer is complete. */
static bool next_pieces(struct connection *c) {
  if (c->piece >= c->answer->pieces) return false;
  uint64_t piece = (uint64_t)c->piece + per_write;
  c->piece = piece > c->answer->pieces ? c->answer->pieces : (uint32_t)piece;
  if (hold_after != 0 && c->piece > hold_after && c->answer->pieces > hold_after) c->piece = hold_after;
  c->goal = c->answer->ends[c->piece - 1];
  return true;
}

/* Sends what may be sent; false when the connection is gone. */
static bool write_answer(struct connection *c) {
  for (;;) {
    while (c->sent < c->goal) {
      ssize_t n = send(c->fd, c->answer->bytes + c->sent, c->goal - c->sent, MSG_NOSIGNAL);
      if (n < 0) {
        if (errno != EAGAIN) return close_connection(c), false;
        if (!c->wants_write) watch(EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLOUT, c);
        c->wants_write = true;
        return true;
      }
      c->sent += (uint32_t)n;
    }
    if (c->wants_write) watch(EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
    c->wants_write = false;
    if (c->piece < c->answer->pieces && (gap_ns != 0 || (hold_after != 0 && c->piece >= hold_after))) return pause_connection(c), true;
    if (!next_pieces(c)) break;
  }
  answered++;
  c->state = READ_HEAD;
  c->head_length = 0;
  return true;
}

static uint32_t kind_of(const char *head, const char *end) {
  const char *line = memchr(head, '\n', (size_t)(end - head));
  size_t length = (size_t)((line == NULL ? end : line) - head);
  if (memmem(head, length, "/messages", 9) != NULL) return 1;
  if (memmem(head, length, "enerateContent", 14) != NULL) return 2;
  if (memmem(head, length, "/converse", 9) != NULL) return 3;
  return 0;
}

static bool begin_answer(struct connection *c) {
  const char *end = c->head + c->head_length;
  uint32_t kind = kind_of(c->head, end);
  if (c->is_limited) {
    const char *attempt = find_header(c->head, end, "x-envoy-attempt-count:");
    if (attempt == NULL || atoi(attempt) < 2) kind = LIMITED;
  }
  if (kind_count[kind] == 0) {
    fprintf(stderr, "mock: no answer of kind %u for %.80s\n", kind, c->head);
    return close_connection(c), false;
  }
  c->answer = &answers[of_kind[kind][kind_turn[kind]++ % kind_count[kind]]];
  c->state = WRITE;
  c->piece = 0;
  c->sent = 0;
  next_pieces(c);
  return write_answer(c);
}

/* Takes bytes of the client; false when the connection is gone. */
static bool read_requests(struct connection *c, const char *bytes, size_t length) {
  while (length > 0) {
    if (c->state == READ_BODY) {
      size_t taken = take_body(&c->body, bytes, length);
      bytes += taken;
      length -= taken;
      if (c->body.is_done && !begin_answer(c)) return false;
      continue;
    }
    if (c->state != READ_HEAD) {
      fprintf(stderr, "mock: a client that pipelines\n");
      return close_connection(c), false;
    }
    size_t room = HEAD_LIMIT - c->head_length;
    size_t copied = length < room ? length : room;
    memcpy(c->head + c->head_length, bytes, copied);
    uint32_t from = c->head_length < 3 ? 0 : c->head_length - 3;
    char *end = memmem(c->head + from, c->head_length + copied - from, "\r\n\r\n", 4);
    if (end == NULL) {
      if (copied == room) return close_connection(c), false;
      c->head_length += (uint32_t)copied;
      return true;
    }
    size_t used = (size_t)(end + 4 - c->head) - c->head_length;
    c->head_length += (uint32_t)used;
    bytes += used;
    length -= used;
    c->body = begin_body(c->head, end + 2, true);
    c->state = READ_BODY;
    if (c->body.is_done && !begin_answer(c)) return false;
  }
  return true;
}

static void on_readable(struct connection *c) {
  ssize_t n = recv(c->fd, scratch, SCRATCH, 0);
  if (n > 0) {
    read_requests(c, scratch, (size_t)n);
  } else if (n == 0 || errno != EAGAIN) {
    close_connection(c);
  }
}

static void on_connect(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = free_connections;
    if (c == NULL) {
      c = must(calloc(1, sizeof *c));
      c->head = must(malloc(HEAD_LIMIT));
    } else {
      free_connections = c->next_free;
    }
    c->fd = fd;
    c->state = READ_HEAD;
    c->head_length = 0;
    c->wants_write = false;
    c->is_limited = listener == listeners[1];
    watch(EPOLL_CTL_ADD, fd, EPOLLIN, c);
  }
}

static void on_timer(void) {
  uint64_t ignored;
  if (read(timer, &ignored, sizeof ignored) < 0 && errno != EAGAIN) die("timer");
  uint64_t now = now_ns();
  while (due_head != due_tail && dues[due_head].at <= now) {
    struct due due = dues[due_head];
    due_head = (due_head + 1) & (due_size - 1);
    if (due.connection->life != due.life || due.connection->state != PAUSE) continue;
    due.connection->state = WRITE;
    if (next_pieces(due.connection)) write_answer(due.connection);
  }
  set_timer();
}

static bool load_answers(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0) return false;
  char *file = must(malloc((size_t)status.st_size));
  size_t length = 0;
  for (ssize_t n; (n = read(fd, file + length, (size_t)status.st_size - length)) > 0;) length += (size_t)n;
  close(fd);
  if (length < 4) return false;
  uint32_t count;
  memcpy(&count, file, 4);
  size_t at = 4;
  /* What was loaded before may still be on its way to somebody; a benchmark can afford to keep it. */
  answers = must(calloc(count, sizeof *answers));
  memset(kind_count, 0, sizeof kind_count);
  for (answer_count = 0; answer_count < count; answer_count++) {
    struct answer *answer = &answers[answer_count];
    memcpy(&answer->kind, file + at, 4);
    memcpy(&answer->pieces, file + at + 4, 4);
    uint32_t *ends = must(malloc(4 * (size_t)answer->pieces));
    memcpy(ends, file + at + 8, 4 * (size_t)answer->pieces);
    at += 8 + 4 * (size_t)answer->pieces;
    answer->ends = ends;
    answer->bytes = file + at;
    at += ends[answer->pieces - 1];
    if (answer->kind >= KINDS || at > length || kind_count[answer->kind] == 256) return false;
    of_kind[answer->kind][kind_count[answer->kind]++] = answer_count;
  }
  return true;
}

static void on_command(void) {
  static char line[4096];
  static size_t length;
  ssize_t n = read(command_fd, line + length, sizeof line - 1 - length);
  if (n <= 0) exit(0);
  length += (size_t)n;
  line[length] = 0;
  char *end = strchr(line, '\n');
  if (end == NULL) return;
  *end = 0;
  char path[2048];
  unsigned long gap_us;
  unsigned writes, hold;
  if (sscanf(line, "load %2047s %lu %u %u", path, &gap_us, &writes, &hold) == 4) {
    gap_ns = gap_us * 1000ull;
    per_write = writes == 0 ? 1 : writes;
    hold_after = hold;
    printf(load_answers(path) ? "ok\n" : "cannot read the answers\n");
  } else if (strcmp(line, "count") == 0) {
    printf("%llu\n", (unsigned long long)answered);
  } else {
    printf("unknown command\n");
  }
  fflush(stdout);
  length = 0;
}

static int listen_somewhere(uint16_t *port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 16384) != 0) die("listen");
  if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) die("getsockname");
  *port = ntohs(address.sin_port);
  return fd;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  poller = epoll_create1(EPOLL_CLOEXEC);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  dues = must(malloc(sizeof *dues * due_size));
  uint16_t ports[2];
  for (int i = 0; i < 2; i++) {
    listeners[i] = listen_somewhere(&ports[i]);
    watch(EPOLL_CTL_ADD, listeners[i], EPOLLIN, &listeners[i]);
  }
  watch(EPOLL_CTL_ADD, timer, EPOLLIN, &timer);
  watch(EPOLL_CTL_ADD, command_fd, EPOLLIN, &command_fd);
  printf("%u %u\n", ports[0], ports[1]);
  fflush(stdout);
  struct epoll_event events[EVENTS];
  for (;;) {
    int n = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
      void *who = events[i].data.ptr;
      if (who == &timer) {
        on_timer();
      } else if (who == &command_fd) {
        on_command();
      } else if (who == &listeners[0] || who == &listeners[1]) {
        on_connect(*(int *)who);
      } else {
        struct connection *c = who;
        if (c->fd < 0) continue;
        if (events[i].events & EPOLLOUT) {
          if (!write_answer(c)) continue;
        }
        if (c->fd >= 0 && (events[i].events & ~(uint32_t)EPOLLOUT)) on_readable(c);
      }
    }
  }
}
