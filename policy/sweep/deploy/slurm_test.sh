#!/usr/bin/env bash
# Runs a plan on a real Slurm of one controller and two nodes on loopback, cuts its runs off by the time limit, kills a
# node in the middle, and compares the hashes of the weights with those of `fpmd sweep run -jobs 1`.
#
#   slurm_test.sh FPMD      the program; needs root, installs Debian's slurm-wlm and munge where they are missing
set -euo pipefail
fpmd=$(realpath "${1:?the program fpmd}")
here=$(dirname "$(realpath "$0")")
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null
fi
dir=$(mktemp -d)
chmod 755 "$dir"
host=$(hostname -s)
stop() {
  for f in "$dir"/*.pid; do [ -s "$f" ] && kill -KILL "$(cat "$f")" 2>/dev/null || true; done
  pkill -KILL -f "slurmstepd.*$dir" 2>/dev/null || true
}
trap stop EXIT
mkdir "$dir"/state "$dir"/spool-n1 "$dir"/spool-n2 "$dir"/munge
chown munge: "$dir"/munge && chmod 755 "$dir"/munge
dd if=/dev/urandom of="$dir"/munge/key bs=1 count=1024 status=none
chown munge: "$dir"/munge/key && chmod 400 "$dir"/munge/key
cat >"$dir"/slurm.conf <<CONF
ClusterName=onestep
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=1,sched_interval=2
MpiDefault=none
ReturnToService=2
JobRequeue=1
SlurmdTimeout=10
KillWait=5
InactiveLimit=0
MinJobAge=3600
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=16818 CPUs=1
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=16819 CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$dir/slurm.conf
runuser -u munge -- munged --key-file="$dir"/munge/key --socket="$dir"/munge/socket --pid-file="$dir"/munge/munged.pid \
  --log-file="$dir"/munge/log --seed-file="$dir"/munge/seed
ln -s munge/munged.pid "$dir"/munged.pid
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF" -N n1
slurmd -f "$SLURM_CONF" -N n2
for _ in $(seq 60); do [ "$(sinfo -h -t idle -o %D 2>/dev/null || true)" = 2 ] && break; sleep 1; done
sinfo

cat >"$dir"/plan.json <<'PLAN'
{"name": "slurm", "blocks": [{"tasks": ["pendulum"], "agents": ["fpmd-m", "sac"], "seeds": [11, 12], "steps": 15000, "k": 8, "episodes": 5, "trial": true}]}
PLAN
# One minute, the shortest limit: the signal comes within the first, and every run is cut off at least once.
export FPMD=$fpmd
job=$(sbatch --parsable --array=0-3 --time=1 --signal=B:TERM@45 --output="$dir/task-%a.log" "$here"/slurm.sh "$dir"/plan.json "$dir"/slurm)
for _ in $(seq 60); do [ "$(squeue -h -j "$job" -t running -o %i | wc -l)" = 2 ] && break; sleep 1; done
sleep 5
echo "killing node n2"
kill -KILL "$(cat "$dir"/n2.pid)"
pkill -KILL -f "slurmstepd.*" || true
sleep 15
slurmd -f "$SLURM_CONF" -N n2
for _ in $(seq 240); do
  [ -z "$(squeue -h -j "$job" -o %i)" ] && break
  sleep 5
done
squeue
"$fpmd" sweep status "$dir"/plan.json -out "$dir"/slurm
echo "requeued: $(grep -c 'Requeue\|requeue' "$dir"/slurmctld.log || true) lines of the controller's log"
"$fpmd" sweep run "$dir"/plan.json -out "$dir"/alone -jobs 1
hashes() { "$fpmd" sweep status "$dir"/plan.json -out "$1" -json | sed 's/.*"folder":"\([^"]*\)".*"hash":"\([^"]*\)".*/\1 \2/'; }
diff <(hashes "$dir"/slurm) <(hashes "$dir"/alone) && echo "the same hashes"
