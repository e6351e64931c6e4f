/* What the files that stand on libevent themselves (http, redis_conn) may see of the loop. */
#pragma once

struct event_base;
struct loop;

struct event_base *loop_base(struct loop *loop);
