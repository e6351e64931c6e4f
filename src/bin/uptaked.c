/* The daemon: see uptaked --help. */
#include "app/daemon.h"
#include "base/secrecy.h"

int main(int argc, char **argv)
{
    secrecy_forbid_dumps();
    return daemon_main(argc, argv);
}
