/* What the mock and the load generator share: finding the end of an HTTP/1.1 body, time, and small helpers. */
#ifndef MODELMUX_BENCH_HTTP_H
#define MODELMUX_BENCH_HTTP_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static inline void die(const char *what) {
  perror(what);
  exit(1);
}

static inline void *must(void *pointer) {
  if (pointer == NULL) die("memory");
  return pointer;
}

enum framing { FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_UNTIL_CLOSE };
enum chunk_part { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_DATA_END, CHUNK_TRAILER };

/* How much of a body is still to come. */
struct body {
  enum framing framing;
  enum chunk_part part;
  uint64_t left;     /* of the body, or of the chunk */
  uint32_t line;     /* bytes in the trailer's line so far */
  bool is_done;
};

/* The value of a header inside a head, or NULL; `name` in lower case, with its colon. */
static inline const char *find_header(const char *head, const char *end, const char *name) {
  size_t length = strlen(name);
  for (const char *line = head; line < end;) {
    if ((size_t)(end - line) > length && strncasecmp(line, name, length) == 0) {
      const char *value = line + length;
      while (value < end && *value == ' ') value++;
      return value;
    }
    const char *next = memchr(line, '\n', (size_t)(end - line));
    if (next == NULL) return NULL;
    line = next + 1;
  }
  return NULL;
}

static inline struct body begin_body(const char *head, const char *end, bool is_request) {
  struct body body = {0};
  const char *encoding = find_header(head, end, "transfer-encoding:");
  const char *length = find_header(head, end, "content-length:");
  if (encoding != NULL && strncasecmp(encoding, "chunked", 7) == 0) {
    body.framing = FRAMING_CHUNKED;
  } else if (length != NULL || is_request) {
    body.framing = FRAMING_LENGTH;
    body.left = length == NULL ? 0 : strtoull(length, NULL, 10);
    body.is_done = body.left == 0;
  } else {
    body.framing = FRAMING_UNTIL_CLOSE;
  }
  return body;
}

static inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Takes what belongs to the body from the bytes; returns how many that were. */
static inline size_t take_body(struct body *body, const char *bytes, size_t length) {
  if (body->framing == FRAMING_UNTIL_CLOSE) return length;
  if (body->framing == FRAMING_LENGTH) {
    size_t taken = length < body->left ? length : (size_t)body->left;
    body->left -= taken;
    body->is_done = body->left == 0;
    return taken;
  }
  size_t at = 0;
  while (at < length && !body->is_done) {
    char c = bytes[at];
    switch (body->part) {
      case CHUNK_SIZE: {
        int digit = hex_digit(c);
        if (digit >= 0) {
          body->left = body->left * 16 + (uint64_t)digit;
          at++;
        } else {
          body->part = CHUNK_EXTENSION;
        }
        break;
      }
      case CHUNK_EXTENSION:
        at++;
        if (c == '\n') {
          body->part = body->left == 0 ? CHUNK_TRAILER : CHUNK_DATA;
          body->line = 0;
        }
        break;
      case CHUNK_DATA: {
        size_t taken = length - at < body->left ? length - at : (size_t)body->left;
        body->left -= taken;
        at += taken;
        if (body->left == 0) body->part = CHUNK_DATA_END;
        break;
      }
      case CHUNK_DATA_END:
        at++;
        if (c == '\n') body->part = CHUNK_SIZE;
        break;
      case CHUNK_TRAILER:
        at++;
        if (c == '\n') {
          if (body->line == 0) body->is_done = true;
          body->line = 0;
        } else if (c != '\r') {
          body->line++;
        }
        break;
    }
  }
  return at;
}

#endif
