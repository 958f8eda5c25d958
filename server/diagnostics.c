#define _GNU_SOURCE /* SO_BINDTOIFINDEX */
#include "server/diagnostics.h"

#include "wire/arena.h"

#include <errno.h>

#ifdef __linux__

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* As in <netinet/tcp.h>, which cannot stand beside <linux/tcp.h>. */
enum { STATE_LISTEN = 10 };

enum {
    ALL_STATES = -1,
    ANSWER_SIZE = 4096, /* an answer has about 400 octets, and each kernel adds some */
    STALE_MAX = 16,     /* answers to older questions that are passed over */
};

struct diagnostics {
    int fd;            /* connected to the kernel, so that no one else can answer */
    uint32_t sequence; /* of the last question */
};

struct question {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
};

struct answer {
    _Alignas(struct nlmsghdr) uint8_t octets[ANSWER_SIZE];
    size_t len;
};

static bool set_end(const struct sockaddr_storage *storage, uint32_t address[4], uint16_t *port)
{
    if (storage->ss_family == AF_INET) {
        struct sockaddr_in inet;
        memcpy(&inet, storage, sizeof(inet));
        address[0] = inet.sin_addr.s_addr;
        *port = inet.sin_port;
    } else if (storage->ss_family == AF_INET6) {
        struct sockaddr_in6 inet6;
        memcpy(&inet6, storage, sizeof(inet6));
        memcpy(address, &inet6.sin6_addr, sizeof(inet6.sin6_addr));
        *port = inet6.sin6_port;
    } else {
        errno = EAFNOSUPPORT;
        return false;
    }
    return true;
}

/* A client that is bound to an interface is only found by the interface's number. */
static uint32_t interface_of(int fd)
{
    int interface = 0;
#ifdef SO_BINDTOIFINDEX
    socklen_t size = sizeof(interface);
    if (getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, &size) != 0)
        return 0;
#endif
    return (uint32_t)interface;
}

bool client_socket_init(struct client_socket *client, int fd)
{
    struct sockaddr_storage ours = {0}, theirs = {0};
    socklen_t ours_size = sizeof(ours), theirs_size = sizeof(theirs);
    if (getsockname(fd, (struct sockaddr *)&ours, &ours_size) != 0 ||
        getpeername(fd, (struct sockaddr *)&theirs, &theirs_size) != 0)
        return false;
    *client =
        (struct client_socket){.family = (uint8_t)ours.ss_family, .interface = interface_of(fd)};
    return set_end(&theirs, client->address, &client->port) &&
           set_end(&ours, client->peer_address, &client->peer_port);
}

static void set_question(struct question *question, uint32_t sequence,
                         const struct client_socket *client)
{
    *question = (struct question){
        .header = {.nlmsg_len = sizeof(*question),
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST,
                   .nlmsg_seq = sequence},
        .request = {.sdiag_family = client->family,
                    .sdiag_protocol = IPPROTO_TCP,
                    .idiag_ext = 1 << (INET_DIAG_INFO - 1),
                    .idiag_states = (uint32_t)ALL_STATES},
    };
    struct inet_diag_sockid *id = &question->request.id;
    id->idiag_sport = client->port;
    id->idiag_dport = client->peer_port;
    memcpy(id->idiag_src, client->address, sizeof(id->idiag_src));
    memcpy(id->idiag_dst, client->peer_address, sizeof(id->idiag_dst));
    id->idiag_if = client->interface;
    if (client->cookie == 0)
        memset(id->idiag_cookie, 0xff, sizeof(id->idiag_cookie)); /* INET_DIAG_NOCOOKIE, twice */
    else
        memcpy(id->idiag_cookie, &client->cookie, sizeof(id->idiag_cookie));
}

/* False with errno. The kernel answers within send(2), so nothing is waited for. */
static bool ask(struct diagnostics *diagnostics, const struct client_socket *client,
                struct answer *answer)
{
    struct question question;
    set_question(&question, ++diagnostics->sequence, client);
    if (send(diagnostics->fd, &question, sizeof(question), 0) < 0)
        return false;
    for (int stale = 0; stale < STALE_MAX; stale++) {
        const ssize_t got = recv(diagnostics->fd, answer->octets, ANSWER_SIZE, MSG_DONTWAIT);
        if (got < 0)
            return false;
        struct nlmsghdr header = {0};
        if ((size_t)got >= sizeof(header))
            memcpy(&header, answer->octets, sizeof(header));
        if (header.nlmsg_seq != diagnostics->sequence)
            continue;
        answer->len = (size_t)got;
        return true;
    }
    errno = EPROTO;
    return false;
}

/* Copies `size` octets at `at` of the answer. False where it is shorter. */
static bool take(const struct answer *answer, size_t at, void *to, size_t size)
{
    if (at > answer->len || size > answer->len - at)
        return false;
    memcpy(to, answer->octets + at, size);
    return true;
}

/* An answer that says why there is none: true when the client was not found. */
static bool read_refusal(const struct answer *answer)
{
    struct nlmsgerr refusal;
    if (!take(answer, NLMSG_HDRLEN, &refusal, sizeof(refusal)))
        errno = EPROTO;
    else
        errno = -refusal.error;
    return errno == ENOENT;
}

/* tcpi_bytes_received, among the attributes. */
static bool read_received(const struct answer *answer, uint64_t *received)
{
    const size_t inside = offsetof(struct tcp_info, tcpi_bytes_received);
    struct nlattr attribute;
    size_t at = NLMSG_HDRLEN + sizeof(struct inet_diag_msg);
    while (take(answer, at, &attribute, sizeof(attribute))) {
        const size_t len = attribute.nla_len;
        if (len < sizeof(attribute))
            return false;
        if (attribute.nla_type == INET_DIAG_INFO)
            return len >= sizeof(attribute) + inside + sizeof(*received) &&
                   take(answer, at + sizeof(attribute) + inside, received, sizeof(*received));
        at += (len + NLA_ALIGNTO - 1) / NLA_ALIGNTO * NLA_ALIGNTO;
    }
    return false;
}

/* Once no process holds a socket, the kernel may keep no more of it than its state. */
static bool read_answer(const struct answer *answer, struct client_queue *queue, uint64_t *cookie)
{
    struct inet_diag_msg message;
    if (!take(answer, NLMSG_HDRLEN, &message, sizeof(message))) {
        errno = EPROTO;
        return false;
    }
    memcpy(cookie, message.id.idiag_cookie, sizeof(*cookie));
    queue->is_found = true;
    queue->is_open = message.idiag_inode != 0;
    queue->state = message.idiag_state;
    queue->unread = message.idiag_rqueue;
    if (!read_received(answer, &queue->received) && queue->is_open) {
        errno = EPROTO;
        return false;
    }
    return true;
}

bool diagnostics_query(struct diagnostics *diagnostics, struct client_socket *client,
                       struct client_queue *queue)
{
    struct answer answer;
    struct nlmsghdr header;
    uint64_t cookie;
    *queue = (struct client_queue){0};
    if (!ask(diagnostics, client, &answer))
        return false;
    memcpy(&header, answer.octets, sizeof(header));
    if (header.nlmsg_type == NLMSG_ERROR)
        return read_refusal(&answer);
    if (!read_answer(&answer, queue, &cookie))
        return false;
    /* Where the connection is no more, the kernel tells of whoever listens at the address. */
    if (queue->state == STATE_LISTEN)
        *queue = (struct client_queue){0};
    else
        client->cookie = cookie;
    return true;
}

/* Asks about a listening socket of our own: that the kernel gives an answer, and a whole one. */
static bool answers_about(struct diagnostics *diagnostics, int listening)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof(bound);
    struct client_socket itself = {.family = AF_INET};
    struct answer answer;
    struct client_queue queue = {0};
    uint64_t cookie;
    return getsockname(listening, (struct sockaddr *)&bound, &size) == 0 &&
           set_end(&bound, itself.address, &itself.port) && ask(diagnostics, &itself, &answer) &&
           read_answer(&answer, &queue, &cookie) && queue.state == STATE_LISTEN;
}

static bool is_answered(struct diagnostics *diagnostics)
{
    const struct sockaddr_in any_port = {.sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listening < 0)
        return false;
    const bool answers =
        bind(listening, (const struct sockaddr *)&any_port, sizeof(any_port)) == 0 &&
        listen(listening, 1) == 0 && answers_about(diagnostics, listening);
    close(listening);
    return answers;
}

struct diagnostics *diagnostics_new(void)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return NULL;
    struct diagnostics *diagnostics = must_calloc(1, sizeof(*diagnostics));
    diagnostics->fd = fd;
    if (connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel)) == 0 &&
        is_answered(diagnostics))
        return diagnostics;
    diagnostics_free(diagnostics);
    return NULL;
}

void diagnostics_free(struct diagnostics *diagnostics)
{
    if (diagnostics == NULL)
        return;
    close(diagnostics->fd);
    free(diagnostics);
}

#else

struct diagnostics *diagnostics_new(void)
{
    return NULL;
}

void diagnostics_free(struct diagnostics *diagnostics)
{
    (void)diagnostics;
}

bool client_socket_init(struct client_socket *client, int fd)
{
    (void)fd;
    *client = (struct client_socket){0};
    errno = ENOSYS;
    return false;
}

bool diagnostics_query(struct diagnostics *diagnostics, struct client_socket *client,
                       struct client_queue *queue)
{
    (void)diagnostics;
    (void)client;
    *queue = (struct client_queue){0};
    errno = ENOSYS;
    return false;
}

#endif
