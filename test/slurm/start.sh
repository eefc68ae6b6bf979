#!/usr/bin/env bash
# Starts a Slurm of one node on this machine, in the foreground, until it is ended by SIGTERM or SIGINT.
#
# usage: start.sh FOLDER    keeps its configuration, state and logs in FOLDER, and prints "ready FOLDER/slurm.conf"
#
# Needs slurmctld, slurmd and the client commands (Debian: slurmctld slurmd slurm-client) and root. It listens on
# 127.0.0.1 only and takes any user of this machine at their word (auth/none), so it is for tests alone.
set -euo pipefail

folder=$(realpath "${1:?usage: start.sh FOLDER}")
for program in slurmctld slurmd sbatch; do
  command -v "$program" > /dev/null || { echo "slurm: expected $program on the PATH, got none" >&2; exit 2; }
done

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); });'
}

name=$(hostname -s)
cpus=$(nproc)
mkdir -p "$folder/state" "$folder/spool" "$folder/log"
cat > "$folder/slurm.conf" << CONF
ClusterName=syngeo
SlurmctldHost=$name(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ReturnToService=2
MinJobAge=300
NodeName=$name NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=main Nodes=$name Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
export SLURM_CONF="$folder/slurm.conf"

slurmctld -D -c 2>> "$folder/log/start.log" & controller=$!
slurmd -D -c 2>> "$folder/log/start.log" & daemon=$!
trap 'kill "$daemon" "$controller" 2> /dev/null || true; wait' EXIT
trap 'exit 0' TERM INT

for _ in $(seq 100); do
  if sinfo --noheader --format=%T 2> /dev/null | grep -q idle; then
    echo "ready $folder/slurm.conf"
    wait -n "$controller" "$daemon"
    echo "slurm: expected slurmctld and slurmd to run on, got an end; see $folder/log" >&2
    exit 1
  fi
  sleep 0.2
done
echo "slurm: expected a node that is idle within 20 s, got $(sinfo --noheader 2>&1 | head -1); see $folder/log" >&2
exit 1
