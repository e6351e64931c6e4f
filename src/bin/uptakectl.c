/* The tool for people: see `uptakectl help`. */
#include "base/secrecy.h"
#include "ctl/command.h"

int main(int argc, char **argv)
{
    secrecy_forbid_dumps();
    return command_main(argc, argv);
}
