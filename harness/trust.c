#include "harness/trust.h"

#include "harness/folder.h"
#include "server/mint.h"

#include <errno.h>

/* `shown` is what others see of it. */
struct held_trust {
    struct trust shown;
    struct mint *mint;
    const char *folder;
    const char *key_log_path;
    FILE *key_log;
};

static bool speaks_tls(const struct point *point)
{
    for (size_t i = 0; i < point->peer_count; i++) {
        const struct peer *peer = &point->peers[i];
        if (peer->is_https)
            return true;
        for (size_t j = 0; j < peer->script_count; j++)
            if (script_starts_tls(&peer->scripts[j], peer->scripts[j].count))
                return true;
    }
    return false;
}

static bool is_needed(const struct selected *selected)
{
    for (size_t i = 0; i < selected->count; i++)
        for (size_t j = 0; j < selected->cases[i]->point_count; j++)
            if (speaks_tls(&selected->cases[i]->points[j]))
                return true;
    return false;
}

static bool write_authority(struct held_trust *held, struct diags *diags)
{
    held->folder = folder_new(diags->arena);
    if (held->folder == NULL)
        return diag_add(diags, NULL, 0, NULL, "cannot make a temporary folder: %s",
                        strerror(errno));
    held->shown.ca = arena_printf(diags->arena, "%s/ca.pem", held->folder);
    FILE *out = fopen(held->shown.ca, "w");
    const bool is_written = out != NULL && mint_write_authority(held->mint, out);
    const int error = errno;
    if (out == NULL || fclose(out) != 0 || !is_written)
        return diag_add(diags, held->shown.ca, 0, NULL, "cannot write the certificate: %s",
                        strerror(error));
    return true;
}

static bool open_key_log(struct held_trust *held, struct diags *diags)
{
    if (held->key_log_path == NULL)
        return true;
    held->key_log = fopen(held->key_log_path, "a");
    if (held->key_log == NULL)
        return diag_add(diags, held->key_log_path, 0, NULL, "cannot write the key log: %s",
                        strerror(errno));
    mint_log_keys(held->mint, held->key_log);
    return true;
}

static bool make(struct held_trust *held, struct diags *diags)
{
    held->mint = mint_new(diags);
    held->shown.mint = held->mint;
    return held->mint != NULL && write_authority(held, diags) && open_key_log(held, diags);
}

const struct trust *trust_open(const struct selected *selected, const char *key_log,
                               struct diags *diags)
{
    struct held_trust *held = arena_alloc(diags->arena, sizeof(*held));
    held->key_log_path = key_log;
    if (!is_needed(selected) || make(held, diags))
        return &held->shown;
    trust_close(&held->shown, diags);
    return NULL;
}

bool trust_close(const struct trust *trust, struct diags *diags)
{
    const struct held_trust *held = (const struct held_trust *)trust;
    if (held == NULL)
        return true;
    mint_free(held->mint);
    if (held->folder != NULL)
        folder_remove(held->folder);
    if (held->key_log == NULL)
        return true;
    const bool is_bad = ferror(held->key_log) != 0;
    if (fclose(held->key_log) == 0 && !is_bad)
        return true;
    return diag_add(diags, held->key_log_path, 0, NULL, "the key log is not whole: %s",
                    strerror(errno));
}
