#include "harness/client/private.h"

#include <stdlib.h>

/* Makes room for one more of `item_size` octets; false when memory is short. */
static bool list_reserve(void **items, size_t count, size_t *size, size_t item_size)
{
    if (count < *size)
        return true;
    const size_t larger = *size > 0 ? 2 * *size : 8;
    if (larger > SIZE_MAX / item_size)
        return false;
    void *grown = realloc(*items, larger * item_size);
    if (grown == NULL)
        return false;
    *items = grown;
    *size = larger;
    return true;
}

bool assay_field_list_add(struct assay_field_list *list, struct bytes name, struct bytes value)
{
    void *items = list->items;
    const bool has_room = list_reserve(&items, list->count, &list->size, sizeof(*list->items));
    list->items = items;
    uint8_t *octets = has_room ? malloc(name.len + value.len + 1) : NULL; /* never of size 0 */
    if (octets == NULL)
        return false;
    if (name.len > 0)
        memcpy(octets, name.at, name.len);
    if (value.len > 0)
        memcpy(octets + name.len, value.at, value.len);
    list->items[list->count++] = (struct assay_field){
        .name = {octets, name.len},
        .value = {octets + name.len, value.len},
    };
    return true;
}

static void release_fields(const struct assay_field *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)items[i].name.at);
    free((void *)(uintptr_t)items);
}

void assay_field_list_release(struct assay_field_list *list)
{
    release_fields(list->items, list->count);
    *list = (struct assay_field_list){0};
}

bool assay_interim_list_add(struct assay_interim_list *list, int status,
                            struct assay_field_list *fields)
{
    void *items = list->items;
    const bool has_room = list_reserve(&items, list->count, &list->size, sizeof(*list->items));
    list->items = items;
    if (!has_room)
        return false;
    list->items[list->count++] = (struct assay_interim){
        .status = status,
        .fields = {fields->items, fields->count},
    };
    *fields = (struct assay_field_list){0};
    return true;
}

void assay_interim_list_release(struct assay_interim_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        release_fields(list->items[i].fields.items, list->items[i].fields.count);
    free(list->items);
    *list = (struct assay_interim_list){0};
}
