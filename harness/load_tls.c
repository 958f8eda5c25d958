#include "harness/load_private.h"

/* The members that a peer's TLS and a step's have in common. */
static struct tls *read_tls(const struct loader *loader, const struct json *value)
{
    static const char *const versions[] = {[TLS_1_2] = "1.2", [TLS_1_3] = "1.3", NULL};
    const char *certificates[CERTIFICATE_COUNT + 1] = {NULL};
    struct tls *tls = arena_alloc(loader->arena, sizeof(*tls));
    const struct json *certificate = json_member(value, "certificate");
    const struct json *version = json_member(value, "versions");
    const struct json *tickets = json_member(value, "tickets");
    *tls = (struct tls){.least = TLS_1_2, .most = TLS_1_3};
    for (int i = 0; i < CERTIFICATE_COUNT; i++)
        certificates[i] = certificate_name((enum certificate)i);
    int index = certificate != NULL ? load_word(loader, certificate, certificates) : -1;
    if (index >= 0)
        tls->certificate = (enum certificate)index;
    index = version != NULL ? load_word(loader, version, versions) : -1;
    if (index >= 0)
        tls->least = tls->most = (enum tls_version)index;
    if (tickets != NULL && load_is(loader, tickets, JSON_BOOL))
        tls->sends_tickets = tickets->boolean;
    if (tls->sends_tickets && tls->most < TLS_1_3)
        load_error(loader, tickets, "tickets behind the handshake are of TLS 1.3");
    return tls;
}

/* What a step says that begins it stands there. */
static void check_unstarted(const struct loader *loader, const struct json *value)
{
    for (const struct json *member = value->items; member != NULL; member = member->next)
        if (strcmp(member->key, "start") != 0 && strcmp(member->key, "address") != 0)
            load_error(loader, member,
                       "where the script starts TLS, \"%s\" goes with \"start_tls\"", member->key);
}

void load_peer_tls(const struct loader *loader, const struct json *value, struct peer *peer)
{
    static const char *const keys[] = {"certificate", "versions", "tickets",
                                       "address",     "start",    NULL};
    static const char *const starts[] = {"script", NULL};
    const size_t mistakes = loader->diags->count;
    if (!load_object(loader, value, keys))
        return;
    const struct json *address = json_member(value, "address");
    const struct json *start = json_member(value, "start");
    peer->is_https = true;
    if (address != NULL && load_is(loader, address, JSON_BOOL))
        peer->is_address = address->boolean;
    if (start == NULL)
        peer->tls = read_tls(loader, value);
    else if (load_word(loader, start, starts) == 0 && loader->diags->count == mistakes)
        check_unstarted(loader, value);
}

const struct tls *load_step_tls(const struct loader *loader, const struct json *value)
{
    static const char *const keys[] = {"certificate", "versions", "tickets", NULL};
    return load_object(loader, value, keys) ? read_tls(loader, value) : NULL;
}
