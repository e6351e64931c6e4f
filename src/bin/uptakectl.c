/* The tool for people: see `uptakectl help`. */
#include "ctl/command.h"

int main(int argc, char **argv)
{
    return command_main(argc, argv);
}
