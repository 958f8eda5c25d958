#include "harness/expand.h"

/* Of combinations that have mistakes, no more are read. */
enum { MISTAKEN_MAX = 200 };

/* --- behaviours of a point ------------------------------------------------------------ */

static void note_free(struct expansion *expansion, const bool *admitted,
                      const struct behaviour *const *hiders)
{
    for (size_t i = 0, at = 0; i < expansion->behaviours.count; i++) {
        if (!admitted[i])
            continue;
        expansion->is_admitted[i] = true;
        if (hiders[at] == NULL)
            expansion->is_free[i] = true;
        else
            expansion->hiders[i] = hiders[at];
        at++;
    }
}

static const struct selection *make_selection(struct expansion *expansion, const bool *admitted)
{
    struct loader *loader = expansion->loader;
    struct behaviours *all = &expansion->behaviours;
    struct selection *selection = arena_alloc(loader->arena, sizeof(*selection));
    struct behaviour *items = arena_array(loader->arena, all->count, sizeof(*items));
    const struct json **places = arena_array(loader->arena, all->count, sizeof(*places));
    const struct behaviour **hiders = arena_array(loader->arena, all->count, sizeof(*hiders));
    for (size_t i = 0; i < all->count; i++)
        if (admitted[i]) {
            items[selection->count] = all->items[i];
            places[selection->count++] = all->places[i];
        }
    selection->next = all->selections;
    selection->admitted = admitted;
    selection->items = items;
    all->selections = selection;
    const struct point point = {.behaviours = items, .behaviour_count = selection->count};
    if (!all->has_mistakes)
        load_check_behaviours(loader, &point, places, hiders);
    selection->needs = load_reported_needs(&point);
    note_free(expansion, admitted, hiders);
    return selection;
}

/* The selections are few, the points many. */
static const struct selection *select_behaviours(struct expansion *expansion,
                                                 const struct settings *settings)
{
    enum { TRIED_COUNT = 64 };
    bool few[TRIED_COUNT];
    const struct behaviours *all = &expansion->behaviours;
    struct arena *arena = expansion->loader->arena;
    bool *admitted = all->count <= TRIED_COUNT ? few : arena_alloc(arena, all->count);
    for (size_t i = 0; i < all->count; i++)
        admitted[i] = expand_admits(expansion->loader, all->whens[i], settings);
    for (const struct selection *one = all->selections; one != NULL; one = one->next)
        if (memcmp(one->admitted, admitted, all->count) == 0)
            return one;
    bool *kept = arena_alloc(arena, all->count);
    memcpy(kept, admitted, all->count);
    return make_selection(expansion, kept);
}

/* --- points ----------------------------------------------------------------------------------- */

static struct point *next_point(struct expansion *expansion)
{
    expansion->points = arena_room(expansion->loader->arena, expansion->points, expansion->count,
                                   &expansion->size, sizeof(*expansion->points));
    return &expansion->points[expansion->count++];
}

void expand_add(struct expansion *expansion, const struct point *point, const char *id,
                const struct settings *settings)
{
    struct loader *loader = expansion->loader;
    if (expansion->count == POINTS_MAX) {
        if (!expansion->is_full)
            load_error(loader, expansion->object, "the case has more than %d points", POINTS_MAX);
        expansion->is_full = true;
        return;
    }
    const struct selection *selection = select_behaviours(expansion, settings);
    struct point *added = next_point(expansion);
    *added = *point;
    added->suffix = id[0] != '\0' ? arena_printf(loader->arena, "[%s]", id) : "";
    added->behaviours = selection->items;
    added->behaviour_count = selection->count;
    expansion->case_->needs |= selection->needs;
    if (selection->count == 0 && expansion->behaviours.count > 0 && !expansion->is_unadmitted) {
        load_error(loader, json_member(expansion->object, "behaviours"),
                   "no behaviour's \"when\" admits %s", added->suffix);
        expansion->is_unadmitted = true;
    }
}

/* --- combinations -------------------------------------------------------------------------------
 */

/* "read=all,how=fin" */
static const char *combination_id(const struct loader *loader)
{
    const char *id = "";
    for (size_t i = 0; i < loader->matrix->count; i++) {
        const struct variable *variable = &loader->matrix->items[i];
        id = arena_printf(loader->arena, "%s%s%s=%s", id, i > 0 ? "," : "", variable->place->key,
                          variable->values[variable->chosen].name);
    }
    return id;
}

/* Siblings have the same values but of the variable that has the control. */
static void set_control(const struct matrix *matrix, struct point *point)
{
    size_t group = 0;
    bool has_control = false;
    for (size_t i = 0; i < matrix->count; i++) {
        const struct variable *variable = &matrix->items[i];
        bool is_with_control = false;
        for (size_t j = 0; j < variable->count; j++)
            is_with_control = is_with_control || variable->values[j].is_control;
        has_control = has_control || is_with_control;
        if (!is_with_control)
            group = group * variable->count + variable->chosen;
        else
            point->is_control = variable->values[variable->chosen].is_control;
    }
    point->control_group = has_control ? group + 1 : 0;
}

/* The last variable goes round first. The variables that have changed, a bit each; 0 at the end. */
static uint32_t next_combination(struct matrix *matrix)
{
    uint32_t changed = 0;
    matrix->work = 0;
    for (size_t i = matrix->count; i > 0; i--) {
        struct variable *variable = &matrix->items[i - 1];
        changed |= (uint32_t)1 << (i - 1);
        if (++variable->chosen < variable->count)
            return changed;
        variable->chosen = 0;
    }
    return 0;
}

/* What has to be read again when which variables change. */
struct dependence {
    uint32_t played, recognised;
};

static struct dependence find_dependence(const struct loader *loader, const struct json *object)
{
    static const char *const played[] = {"client", "origin", "proxy", "peers", "mark"};
    static const char *const recognised[] = {"behaviours", "expect"};
    struct matrix *matrix = loader->matrix;
    struct dependence depends = {0, 0};
    for (const struct defs *defs = loader->defs; defs != NULL; defs = defs->outer)
        for (size_t i = 0; i < defs->count; i++)
            depends.played |= expand_mentions(matrix, defs->items[i].source);
    for (size_t i = 0; i < sizeof(played) / sizeof(played[0]); i++)
        depends.played |= expand_mentions(matrix, json_member(object, played[i]));
    for (size_t i = 0; i < sizeof(recognised) / sizeof(recognised[0]); i++)
        depends.recognised |= expand_mentions(matrix, json_member(object, recognised[i]));
    /* Patterns name steps. */
    depends.recognised |= depends.played;
    return depends;
}

/* By their index the behaviours of all combinations are the same. */
static void make_room(struct expansion *expansion)
{
    struct arena *arena = expansion->loader->arena;
    const size_t count = expansion->behaviours.count;
    if (count <= expansion->behaviour_count)
        return;
    bool *is_admitted = arena_alloc(arena, count), *is_free = arena_alloc(arena, count);
    const struct behaviour **hiders = arena_array(arena, count, sizeof(*hiders));
    if (expansion->behaviour_count > 0) {
        memcpy(is_admitted, expansion->is_admitted, expansion->behaviour_count);
        memcpy(is_free, expansion->is_free, expansion->behaviour_count);
        memcpy(hiders, expansion->hiders, expansion->behaviour_count * sizeof(*hiders));
    }
    expansion->is_admitted = is_admitted;
    expansion->is_free = is_free;
    expansion->hiders = hiders;
    expansion->behaviour_count = count;
}

static void read_combination(struct expansion *expansion, struct dependence depends,
                             uint32_t changed)
{
    struct loader *loader = expansion->loader;
    if ((depends.played & changed) != 0 || changed == UINT32_MAX) {
        expansion->base = (struct point){.parent = expansion->case_};
        load_played(loader, expansion->object, &expansion->base, &expansion->case_->needs);
    }
    if ((depends.recognised & changed) != 0 || changed == UINT32_MAX) {
        expansion->behaviours = (struct behaviours){.count = 0};
        load_recognised(loader, expansion->object, expansion->base.client_count,
                        &expansion->behaviours);
        make_room(expansion);
    }
    set_control(loader->matrix, &expansion->base);
}

static void expand_combination(struct expansion *expansion)
{
    const bool is_good = expansion->loader->diags->count == expansion->mistakes;
    const struct settings none = {.count = 0};
    const char *id = combination_id(expansion->loader);
    if (expansion->loader->sweep->kind == SWEEP_NONE)
        expand_add(expansion, &expansion->base, id, &none);
    else if (is_good)
        expand_sweep(expansion, id);
}

static void go_through(struct expansion *expansion)
{
    struct loader *loader = expansion->loader;
    const struct dependence depends = find_dependence(loader, expansion->object);
    uint32_t changed = UINT32_MAX;
    for (size_t mistaken = 0; changed != 0 && mistaken < MISTAKEN_MAX && !expansion->is_full;
         changed = next_combination(loader->matrix)) {
        read_combination(expansion, depends, changed);
        expand_combination(expansion);
        mistaken += loader->diags->count > 0 ? 1 : 0;
    }
}

/* --- what is never used
 * ---------------------------------------------------------------------------- */

static void check_variables(const struct loader *loader)
{
    for (size_t i = 0; i < loader->matrix->count; i++)
        if (!loader->matrix->items[i].is_used)
            load_error(loader, loader->matrix->items[i].place, "nothing uses this variable");
}

/* Where points lack because of another mistake, it is not known. */
static void check_behaviours(const struct expansion *expansion)
{
    const struct loader *loader = expansion->loader;
    const struct behaviours *all = &expansion->behaviours;
    const bool is_expanded = loader->matrix->count > 0 || loader->sweep->kind != SWEEP_NONE;
    if (expansion->count == 0 || (is_expanded && loader->diags->count > 0))
        return;
    for (size_t i = 0; i < all->count; i++) {
        if (!expansion->is_admitted[i])
            load_error(loader, all->whens[i] != NULL ? all->whens[i] : all->places[i],
                       "admits no point of this case");
        else if (!expansion->is_free[i])
            load_error(loader, all->places[i], "never matches: %s, line %u, hides it",
                       diag_quote(loader->arena, bytes_of(expansion->hiders[i]->name)),
                       expansion->hiders[i]->line);
    }
}

void expand_case(struct loader *loader, const struct json *object, struct case_ *case_)
{
    struct matrix *matrix = arena_alloc(loader->arena, sizeof(*matrix));
    struct sweep sweep = {.kind = SWEEP_NONE};
    struct expansion expansion = {
        .loader = loader, .case_ = case_, .object = object, .mistakes = loader->diags->count};
    loader->matrix = matrix;
    loader->sweep = &sweep;
    load_matrix(loader, object, matrix);
    load_sweep(loader, object, &sweep);
    if (!matrix->is_broken) {
        go_through(&expansion);
        check_behaviours(&expansion);
        check_variables(loader);
        load_check_used(loader, loader->defs);
    }
    case_->points = expansion.points;
    case_->point_count = expansion.count;
    loader->matrix = NULL;
    loader->sweep = NULL;
}
