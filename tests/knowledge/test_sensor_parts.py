from plimsoll.knowledge.sensor_parts import load


def test_each_part_and_feature_stands_once() -> None:
    parts = [value for values in load().compatible.values() for value in values]
    features = [name for names in load().features.values() for name in names]
    assert len(parts) == len(set(parts)) > 60
    assert len(features) == len(set(features))
    assert all(one.startswith("android.hardware.") for one in features)


def test_parts_are_known_by_the_whole_value() -> None:
    forms = dict(load().compatible_forms())
    assert forms["camera"].fullmatch("sony,imx219")
    assert forms["bluetooth"].fullmatch("brcm,bcm43438-bt")
    assert forms["camera"].fullmatch("sony,imx219,extra") is None
    assert forms["microphone"].fullmatch("fsl,imx-audio") is None
