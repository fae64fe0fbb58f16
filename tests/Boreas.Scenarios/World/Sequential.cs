// Each scenario starts several processes and measures nothing; one after the other they do not disturb each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
