/* The 128-bit integer in which products of counters are exact. */
#pragma once

__extension__ typedef __int128 up_i128;
