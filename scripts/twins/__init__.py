"""Good and bad twins: pairs of small images that differ in one defect, and the measure of what is said of them."""
