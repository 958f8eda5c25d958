/*
 * ask -- what the clients of script/bench-client have in common: what they are asked for, and how
 * they answer. Each makes one connection to tests/bench/origin.c:
 *
 *     requests N          N times GET /small
 *     down N              GET /length/N: content of N octets, by Content-Length
 *     down-chunked N      GET /chunked/16384/N
 *     down-small N        GET /chunked/512/N
 *     up N                PUT /sink/N, by Content-Length
 *     up-chunked N        the same in chunks of 64 KiB
 */
#ifndef TESTS_BENCH_ASK_H
#define TESTS_BENCH_ASK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ASK_PIECE_SIZE = 64 * 1024, ASK_CHUNK_SIZE = 16384, ASK_SMALL_SIZE = 512 };

struct ask {
    uint16_t port;
    bool is_up, is_chunked;
    bool is_counted; /* "requests": each is one, and the others one alone */
    uint64_t requests;
    uint64_t len; /* octets of content of each */
    char target[64];
    double started, cpu; /* seconds */
};

static inline void ask_want(bool is_done, const char *what)
{
    if (is_done)
        return;
    perror(what);
    exit(EXIT_FAILURE);
}

static inline double ask_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* "PROGRAM PORT WAY N" */
static inline struct ask ask_read(int argc, char **argv)
{
    static const struct {
        const char *way, *target;
        bool is_up, is_chunked;
        uint64_t len; /* 0: N */
    } rows[] = {
        {"requests", "/small", false, false, sizeof("hello, world\n") - 1},
        {"down", "/length/%llu", false, false, 0},
        {"down-chunked", "/chunked/16384/%llu", false, true, 0},
        {"down-small", "/chunked/512/%llu", false, true, 0},
        {"up", "/sink/%llu", true, false, 0},
        {"up-chunked", "/sink/%llu", true, true, 0},
    };
    struct ask ask = {.requests = 1};
    for (size_t i = 0; argc >= 4 && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(argv[2], rows[i].way) != 0)
            continue;
        const unsigned long long count = strtoull(argv[3], NULL, 10);
        ask.port = (uint16_t)strtoul(argv[1], NULL, 10);
        ask.is_up = rows[i].is_up;
        ask.is_chunked = rows[i].is_chunked;
        ask.len = rows[i].len > 0 ? rows[i].len : count;
        ask.is_counted = rows[i].len > 0;
        ask.requests = ask.is_counted ? count : 1;
        snprintf(ask.target, sizeof(ask.target), rows[i].target, count);
        return ask;
    }
    fprintf(stderr, "usage: %s PORT WAY N\n", argv[0]);
    exit(EXIT_FAILURE);
}

static inline double ask_seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Of this process, in user and in kernel mode. */
static inline double ask_cpu(const struct rusage *usage)
{
    return ask_seconds(usage->ru_utime) + ask_seconds(usage->ru_stime);
}

/* To be called before the first octet is sent, when all is set up: no library pays for that. */
static inline void ask_begin(struct ask *ask)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    ask->cpu = ask_cpu(&usage);
    ask->started = ask_now();
}

/* Requests, or MB, a second; nanoseconds of this process's processor for each request, or each KB;
 * and KiB resident at most. */
static inline void ask_answer(const struct ask *ask)
{
    const double spent = ask_now() - ask->started;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const double cpu = ask_cpu(&usage) - ask->cpu;
    const double done = ask->is_counted ? (double)ask->requests : (double)ask->len / 1e6;
    const double parts = ask->is_counted ? done : (double)ask->len / 1e3;
    printf("%.0f %.0f %ld\n", done / spent, cpu * 1e9 / parts, usage.ru_maxrss);
}

/* What is sent: no octet of it is looked at. */
static inline const uint8_t *ask_piece(void)
{
    static const uint8_t piece[ASK_PIECE_SIZE];
    return piece;
}

#endif
